import { getStatus } from '../../operations/get-status.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { olderTaskLines } from '../render/older-task-lines.ts';
import { statusLines } from '../render/status-lines.ts';

/** `pawl status [PATH]`: where every list stands, and what an older store still has. */
export async function statusCommand(invocation: Invocation): Promise<number> {
  const { listPath, terminal } = invocation;
  return await inProject(invocation, { listPath }, async (workspace) => {
    const only = listPath === null ? null : await resolveList(workspace, listPath);
    const lists = await getStatus(workspace, only);
    const legacy = only === null ? ((await workspace.older?.pending()) ?? []) : [];
    const data = legacy.length === 0 ? { lists } : { lists, legacy };
    answer(invocation, 'status', data, () => {
      const style = { width: terminal.columns, paint: terminal.paint };
      const shown = lists.flatMap((list, index) => [
        ...(index > 0 ? [''] : []),
        ...statusLines(list, style),
      ]);
      if (legacy.length > 0) return [...shown, ...olderTaskLines(legacy, terminal.paint)];
      return shown.length === 0 ? ['No list was loaded yet: pawl run FILE'] : shown;
    });
    return 0;
  });
}
