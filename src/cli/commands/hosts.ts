import { listHosts } from '../../operations/list-hosts.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { hostLines } from '../render/host-lines.ts';

export interface HostsOptions {
  /** Those too that ended within the last hour. */
  readonly all?: boolean;
}

/** `pawl hosts`: who works on this store. As JSON all are told, each with its state. */
export async function hostsCommand(
  invocation: Invocation,
  { all = false }: HostsOptions,
): Promise<number> {
  const { terminal } = invocation;
  return await inProject(invocation, { anywhere: true }, async (workspace) => {
    const hosts = await listHosts(workspace);
    const shown = all ? hosts : hosts.filter(({ state }) => state !== 'ended');
    const ended = hosts.length - shown.length;
    answer(invocation, 'hosts', { hosts }, () => [
      ...(shown.length === 0 ? ['Nothing works on this store.'] : []),
      ...hostLines(shown, terminal.paint),
      ...(ended === 0 ? [] : [`${ended} ended within the last hour: pawl hosts --all`]),
    ]);
    return 0;
  });
}
