import type { Files } from '../world/files.ts';
import type { Workspace } from './workspace.ts';

/** What attempts leave on disk is kept this long, and this much of it: the oldest goes first. */
export interface AttemptsKept {
  readonly ageMaxMs: number;
  readonly bytesMax: number;
}

export const ATTEMPTS_KEPT: AttemptsKept = { ageMaxMs: 30 * 86_400_000, bytesMax: 2 * 1024 ** 3 };

interface AttemptFolder {
  readonly path: string;
  readonly endedAtMs: number;
  readonly bytes: number;
}

/**
 * Remove prompts, outputs and results of attempts that ended long ago, or that together take too
 * much room. What became of them stays in the database. An attempt without the record of its end is
 * never touched: it may be running. Gives the number of folders removed.
 */
export async function pruneAttempts(
  { world, stateDir }: Pick<Workspace, 'world' | 'stateDir'>,
  kept: AttemptsKept = ATTEMPTS_KEPT,
): Promise<number> {
  const { files, clock } = world;
  const ended = await endedAttempts(files, `${stateDir}/attempts`);
  ended.sort((one, other) => other.endedAtMs - one.endedAtMs);
  let bytes = 0;
  let removed = 0;
  for (const attempt of ended) {
    bytes += attempt.bytes;
    const isOld = clock.now() - attempt.endedAtMs > kept.ageMaxMs;
    if (!isOld && bytes <= kept.bytesMax) continue;
    await files.removeTree(attempt.path);
    removed += 1;
  }
  return removed;
}

async function endedAttempts(files: Files, folder: string): Promise<AttemptFolder[]> {
  if ((await files.facts(folder)) === null) return [];
  const found: AttemptFolder[] = [];
  for (const task of await files.names(folder)) {
    for (const fence of await files.names(`${folder}/${task}`)) {
      const path = `${folder}/${task}/${fence}`;
      const exit = await files.facts(`${path}/exit`);
      if (exit === null) continue;
      const verifying = (await files.names(path)).filter((name) => name.startsWith('verify-'));
      const running = await unended(files, path, verifying);
      if (running) continue;
      found.push({ path, endedAtMs: exit.mtimeMs, bytes: await sizeOf(files, path) });
    }
  }
  return found;
}

async function unended(files: Files, path: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    if ((await files.facts(`${path}/${folder}/exit`)) === null) return true;
  }
  return false;
}

async function sizeOf(files: Files, folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await files.names(folder)) {
    const facts = await files.facts(`${folder}/${name}`);
    if (facts?.kind === 'file') bytes += facts.size;
    if (facts?.kind === 'directory') bytes += await sizeOf(files, `${folder}/${name}`);
  }
  return bytes;
}
