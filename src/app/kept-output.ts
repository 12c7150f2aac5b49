import { readOutput } from '../agents/program-output.ts';
import type { OutputReader } from '../operations/read-output.ts';
import type { World } from '../world/world.ts';

/** Reads what was kept of the output of programs on this host. */
export function keptOutput({ files }: World): OutputReader {
  return (folder, range) => readOutput(files, folder, range);
}
