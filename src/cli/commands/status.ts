import { getStatus, type ListStatus } from '../../operations/get-status.ts';
import { lookUpLists } from '../../operations/look-up-lists.ts';
import { answer } from '../answer.ts';
import { inProject, warnOfOlder } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { olderTaskLines } from '../render/older-task-lines.ts';
import { statusLines } from '../render/status-lines.ts';

/** `pawl status [PATH]`: where every list stands, and what an older store still has. */
export async function statusCommand(invocation: Invocation): Promise<number> {
  const { listPath, terminal } = invocation;
  const open = { listPath, both: true, anywhere: true };
  return await inProject(invocation, open, async (workspace) => {
    const { lists: found, older, trouble } = await lookUpLists(workspace, listPath);
    const lists = (await Promise.all(found.map((list) => getStatus(workspace, list)))).flat();
    const legacy = older.flatMap(({ tasks }) => tasks);
    warnOfOlder(invocation, trouble);
    const data = legacy.length === 0 ? { lists } : { lists, legacy };
    answer(invocation, 'status', data, () => {
      const style = { width: terminal.columns, paint: terminal.paint };
      const shown = lists.flatMap((list: ListStatus, index) => [
        ...(index > 0 ? [''] : []),
        ...statusLines(list, style),
      ]);
      if (legacy.length > 0) return [...shown, ...olderTaskLines(older, terminal.paint)];
      return shown.length === 0 ? ['No list was loaded yet: pawl run FILE'] : shown;
    });
    return 0;
  });
}
