import { listHosts } from '../../operations/list-hosts.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { hostLines } from '../render/host-lines.ts';

/** `pawl hosts`: who works on this store. */
export async function hostsCommand(invocation: Invocation): Promise<number> {
  const { terminal } = invocation;
  return await inProject(invocation, {}, async (workspace) => {
    const hosts = await listHosts(workspace);
    answer(invocation, 'hosts', { hosts }, () =>
      hosts.length === 0 ? ['Nothing works on this store.'] : hostLines(hosts, terminal.paint),
    );
    return 0;
  });
}
