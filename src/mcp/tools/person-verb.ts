import type { Desk } from '../tool.ts';

/** How long an agent may take to end by itself. */
const KILL_GRACE_MS = 10_000;
/** How long its holder may take to do so, before the call is answered. */
const WAIT_MS = 15_000;

/** What an operation that may end an agent is told besides its task. */
export function endingOf({ workspace, door, signal }: Desk) {
  return {
    endByFolder: (folder: string, graceMs: number) => workspace.runner.endByFolder(folder, graceMs),
    killGraceMs: KILL_GRACE_MS,
    waitMs: WAIT_MS,
    version: door.version,
    signal,
  };
}
