import { readDuration } from '../../domain/duration.ts';
import { PawlError } from '../../domain/errors.ts';
import { drainHost } from '../../operations/drain-host.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { hostLines } from '../render/host-lines.ts';

/** The options of `pawl drain`, as they were written. */
export interface DrainOptions {
  readonly within?: string;
  readonly now?: boolean;
  readonly wait?: boolean;
  readonly undo?: boolean;
}

/** `pawl drain HOST`: nothing more for this host, which leaves when its tasks have ended. */
export async function drainCommand(
  invocation: Invocation,
  name: string,
  options: DrainOptions,
): Promise<number> {
  const { undo = false, wait = false } = options;
  const withinMs = withinOf(options);
  return await inProject(invocation, { anywhere: true }, async (workspace) => {
    const hosts = await drainHost(workspace, { name, withinMs, undo, wait });
    const hadLeft = !wait && hosts.every(({ state }) => state === 'ended');
    answer(invocation, 'drain', { hosts }, () => [
      ...hostLines(hosts, invocation.terminal.paint),
      ...(hadLeft ? [`${name} has left already.`] : []),
    ]);
    return 0;
  });
}

function withinOf({ within, now, undo }: DrainOptions): number | null {
  if ([within, now, undo].filter((one) => one !== undefined).length > 1) {
    throw new PawlError('usage', 'only one of --within, --now and --undo can be meant');
  }
  if (now === true) return 0;
  if (within === undefined) return null;
  const ms = readDuration(within);
  if (ms === null) throw new PawlError('usage', `${within} is no duration such as 90s or 10m`);
  return ms;
}
