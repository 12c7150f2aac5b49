import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { ROOT } from '../../scripts/distribution.ts';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'pawl-test');

/** The command as it is published: one start of it costs a fifth of one from the sources. */
export const BUILT_PAWL = join(FOLDER, 'dist', 'cli.js');
/** What its users start. */
export const BUILT_BIN = join(FOLDER, 'bin', 'pawl.js');

/** Built once for a run of the tests that start it. */
export async function setup(): Promise<void> {
  await builtOnce(FOLDER, async () => {
    cpSync(join(ROOT, 'bin'), join(FOLDER, 'bin'), { recursive: true });
    await bundle({ cli: 'src/cli/main.ts' }, join(FOLDER, 'dist'));
    cpSync(join(ROOT, 'package.json'), join(FOLDER, 'package.json'));
  });
}

/** Several projects of one run may need the same folder: the first one has it built. */
export async function builtOnce(folder: string, build: () => Promise<unknown>): Promise<void> {
  // The bundler collects its garbage more seldom: a seventh of what it costs.
  process.env['GOGC'] ??= '400';
  const built = process.env['PAWL_TEST_BUILT']?.split(':') ?? [];
  if (built.includes(folder)) return;
  mkdirSync(folder, { recursive: true });
  // As it is where it is published. Else Node reads each file twice to find out what it is.
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  await build();
  process.env['PAWL_TEST_BUILT'] = [...built, folder].join(':');
}
