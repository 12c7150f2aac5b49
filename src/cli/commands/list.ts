import { PawlError } from '../../domain/errors.ts';
import type { TaskState } from '../../domain/explain.ts';
import { readStatus, type TaskStatus } from '../../domain/status.ts';
import { listTasks } from '../../operations/list-tasks.ts';
import { resolveLists } from '../../operations/resolve-list.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { countsText } from '../render/counts.ts';
import { taskLines } from '../render/task-lines.ts';

export interface ListOptions {
  readonly status?: readonly string[];
}

const DERIVED: readonly TaskState[] = ['ready', 'delayed', 'blocked', 'excluded'];

/** `pawl list [PATH]`: the tasks of a list, or of every list, each with its reason. */
export async function listCommand(
  invocation: Invocation,
  { status }: ListOptions,
): Promise<number> {
  const { listPath, terminal } = invocation;
  const states = (status ?? []).flatMap((words) => words.split(',')).map(stateOf);
  return await inProject(invocation, { listPath }, async (workspace) => {
    const found = await Promise.all(
      (await resolveLists(workspace, listPath)).map(async (list) => ({
        list,
        tasks: await listTasks(workspace, list, { states }),
      })),
    );
    const data = {
      lists: found.map(({ list }) => ({ list: list.path, total: list.total, counts: list.counts })),
      tasks: found.flatMap(({ tasks }) => tasks),
    };
    answer(invocation, 'list', data, () => {
      if (found.length === 0) return ['No list was loaded yet: pawl run FILE'];
      const style = { width: terminal.columns, paint: terminal.paint };
      return found.flatMap(({ list, tasks }, index) => [
        ...(index > 0 ? [''] : []),
        `${terminal.paint('strong', list.path)}  ${countsText(list.counts, list.total)}`,
        ...taskLines(tasks, style),
      ]);
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
