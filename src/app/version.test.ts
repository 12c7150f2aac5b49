import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAWL_VERSION } from './version.ts';

it('the version is the one that is published', () => {
  const manifest = new URL('../../package.json', import.meta.url);
  expect(JSON.parse(readFileSync(manifest, 'utf8'))).toMatchObject({ version: PAWL_VERSION });
});
