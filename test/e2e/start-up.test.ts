import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { BUILT_PAWL } from '../support/built-pawl.ts';

const STATIC_IMPORT = /^(?:import|export)\s[^;]*?"(\.[^"]+)";$/gm;

/** The files that Node opens before a command of this build begins. */
function filesOf(command: string, entry = BUILT_PAWL): readonly string[] {
  const loaded = new RegExp(`import\\("(\\./chunks/${command}-[^"]+)"\\)`);
  const path = loaded.exec(readFileSync(entry, 'utf8'))?.[1];
  if (path === undefined) throw new Error(`no command ${command}`);
  const found = new Set([entry, join(dirname(entry), path)]);
  for (const file of found) {
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(STATIC_IMPORT)) {
      found.add(join(dirname(file), name));
    }
  }
  return [...found];
}

// Each costs a millisecond at every start: without gathering it is three to six times as many.
const MOST = [
  ['status', 14],
  ['load', 24],
  ['run', 36],
  ['mcp', 50],
] as const;

it.each(MOST)('a start of `pawl %s` opens few files', (command, most) => {
  const { length } = filesOf(command);
  expect(length).toBeGreaterThan(2);
  expect(length).toBeLessThanOrEqual(most);
});

it('(negative control) opens more than that where nothing is gathered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pawl-ungathered-'));
  try {
    // Only an entry that is called `cli` is gathered.
    await bundle({ ungathered: 'src/cli/main.ts' }, folder);
    const entry = join(folder, 'ungathered.js');
    for (const [command, most] of MOST) {
      expect(filesOf(command, entry).length).toBeGreaterThan(most);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('a start loads one language of messages alone', () => {
  const texts = filesOf('mcp').map((path) => readFileSync(path, 'utf8'));
  expect(texts.some((text) => text.includes('zod/v4/locales/en.js'))).toBe(true);
  expect(texts.some((text) => text.includes('zod/v4/locales/fr.js'))).toBe(false);
});
