import { PawlError } from '../../domain/errors.ts';
import type { TaskState } from '../../domain/explain.ts';
import { readStatus, type TaskStatus } from '../../domain/status.ts';
import { listTasks } from '../../operations/list-tasks.ts';
import { lookUpLists } from '../../operations/look-up-lists.ts';
import { siftOlderTasks } from '../../operations/sift-older-tasks.ts';
import { answer } from '../answer.ts';
import { inProject, warnOfOlder } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { countsText } from '../render/counts.ts';
import { olderPlanLines } from '../render/older-task-lines.ts';
import { taskLines } from '../render/task-lines.ts';

export interface ListOptions {
  readonly status?: readonly string[];
}

const DERIVED: readonly TaskState[] = ['ready', 'delayed', 'blocked', 'excluded'];

/**
 * `pawl list [PATH]`: the tasks of a list, or of every list, each with its reason; those that only
 * an older store has are marked.
 */
export async function listCommand(
  invocation: Invocation,
  { status }: ListOptions,
): Promise<number> {
  const { listPath, terminal } = invocation;
  const states = (status ?? []).flatMap((words) => words.split(',')).map(stateOf);
  const open = { listPath, both: true, anywhere: true };
  return await inProject(invocation, open, async (workspace) => {
    const { lists, older, trouble } = await lookUpLists(workspace, listPath);
    const found = await Promise.all(
      lists.map(async (list) => ({ list, tasks: await listTasks(workspace, list, { states }) })),
    );
    const legacy = siftOlderTasks(older, { parentTaskIds: null, states });
    warnOfOlder(invocation, trouble);
    const data = {
      lists: found.map(({ list }) => ({ list: list.path, total: list.total, counts: list.counts })),
      tasks: found.flatMap(({ tasks }) => tasks),
      ...(legacy.length === 0 ? {} : { legacy }),
    };
    answer(invocation, 'list', data, () => {
      const style = { width: terminal.columns, paint: terminal.paint };
      const shown = found.map(({ list, tasks }) => [
        `${terminal.paint('strong', list.path)}  ${countsText(list.counts, list.total)}`,
        ...taskLines(tasks, style),
      ]);
      if (legacy.length > 0) shown.push([...olderPlanLines(legacy, style)]);
      if (shown.length === 0) return ['No list was loaded yet: pawl run FILE'];
      return shown.flatMap((lines, index) => [...(index > 0 ? [''] : []), ...lines]);
    });
    return 0;
  });
}

/** A status or a derived state; words of other tools are understood, too. */
function stateOf(word: string): TaskState | TaskStatus {
  const derived = DERIVED.find((state) => state === word.trim().toLowerCase());
  const known = derived ?? readStatus(word);
  if (known !== null) return known;
  throw new PawlError('usage', `--status: ${word} is no status of a task`);
}
