import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { BUILT_PAWL } from '../support/built-pawl.ts';

const STATIC_IMPORT = /^(?:import|export)\s[^;]*?"(\.[^"]+)";$/gm;

/** The files that Node opens before a command begins. */
function filesOf(command: string): readonly string[] {
  const loaded = new RegExp(`import\\("(\\./chunks/${command}-[^"]+)"\\)`);
  const path = loaded.exec(readFileSync(BUILT_PAWL, 'utf8'))?.[1];
  if (path === undefined) throw new Error(`no command ${command}`);
  const found = new Set([BUILT_PAWL, join(dirname(BUILT_PAWL), path)]);
  for (const file of found) {
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      found.add(join(dirname(file), name));
    }
  }
  return [...found];
}

// Each costs a millisecond at every start: without gathering it is three to six times as many.
it.each([
  ['status', 14],
  ['load', 24],
  ['run', 36],
  ['mcp', 50],
])('a start of `pawl %s` opens few files', (command, most) => {
  const { length } = filesOf(command);
  expect(length).toBeGreaterThan(2);
  expect(length).toBeLessThanOrEqual(most);
});

it('a start loads one language of messages alone', () => {
  const texts = filesOf('mcp').map((path) => readFileSync(path, 'utf8'));
  expect(texts.some((text) => text.includes('zod/v4/locales/en.js'))).toBe(true);
  expect(texts.some((text) => text.includes('zod/v4/locales/fr.js'))).toBe(false);
});
