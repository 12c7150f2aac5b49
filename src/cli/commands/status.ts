import { getStatus } from '../../operations/get-status.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { statusLines } from '../render/status-lines.ts';

/** `pawl status [PATH]`: where every list, or the one, stands. */
export async function statusCommand(invocation: Invocation): Promise<number> {
  const { listPath, terminal } = invocation;
  return await inProject(invocation, { listPath }, async (workspace) => {
    const only = listPath === null ? null : await resolveList(workspace, listPath);
    const lists = await getStatus(workspace, only);
    answer(invocation, 'status', { lists }, () => {
      if (lists.length === 0) return ['No list was loaded yet: pawl run FILE'];
      const style = { width: terminal.columns, paint: terminal.paint };
      return lists.flatMap((list, index) => [
        ...(index > 0 ? [''] : []),
        ...statusLines(list, style),
      ]);
    });
    return 0;
  });
}
