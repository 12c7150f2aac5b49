import { join } from 'node:path';
import { bundle } from '../../scripts/bundle.ts';
import { ROOT } from '../../scripts/distribution.ts';

const FOLDER = join(ROOT, 'node_modules', '.cache', 'pawl-test');

/** The command as it is published: one start of it costs a fifth of one from the sources. */
export const BUILT_PAWL = join(FOLDER, 'cli.js');

/** Built once for a run of the tests that start it. */
export async function setup(): Promise<void> {
  await bundle({ cli: 'src/cli/main.ts' }, FOLDER);
}
