import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import type { TestSpecification } from 'vitest/node';
import { ROOT } from '../../scripts/distribution.ts';
import config from '../../vitest.config.ts';
import { KINDS, LONG, placeOf } from './long-kinds-first.ts';

const at = (name: string, moduleId: string): number =>
  placeOf({ project: { name }, moduleId } as TestSpecification);

it('knows every kind of proof, and names long files that there are', () => {
  const names = config.test?.projects?.map((one) => (one as { test: { name: string } }).test.name);
  expect(KINDS.toSorted()).toEqual(names?.toSorted());
  const files = globSync('{src,test}/**/*.test.ts', { cwd: ROOT }).map((path) => basename(path));
  expect(files).toEqual(expect.arrayContaining([...LONG]));
});

it('begins the shortest kind last, and within a kind what is long first', () => {
  const [long = ''] = LONG;
  expect(at('unit', join('/', long))).toBeGreaterThan(at('sim', '/any.test.ts'));
  expect(at('unit', join('/', long))).toBeLessThan(at('unit', '/any.test.ts'));
});
