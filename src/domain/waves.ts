import { dependantsOf } from './graph.ts';
import { isTerminal, type OnDepFailure, type TaskStatus } from './status.ts';

interface WaitingTask {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly dependencies: readonly string[];
  /** Null: as the list's policy says. */
  readonly onDepFailure: OnDepFailure | null;
}

/**
 * When each open task could start, if as many ran at once as could: 0 for what runs or waits for a
 * person, 1 for what can start now, 2 for what can start when those are over, and so on. What is
 * not in the answer is over, or cannot start unless somebody does something: it waits, directly or
 * not, for what does not exist, for what failed, or for itself.
 */
export function wavesOf(
  tasks: readonly WaitingTask[],
  policy: OnDepFailure,
): ReadonlyMap<string, number> {
  const byId = new Map(tasks.map((task) => [task.taskId, task]));
  const isOpen = (id: string): boolean => {
    const task = byId.get(id);
    return task !== undefined && !isTerminal(task.status);
  };
  const dependants = dependantsOf(
    new Map(tasks.map(({ taskId, dependencies }) => [taskId, dependencies])),
  );
  const left = new Map<string, number>();
  const waves = new Map<string, number>();
  for (const { taskId, status, dependencies } of tasks) {
    left.set(taskId, new Set(dependencies.filter(isOpen)).size);
    if (status === 'running' || status === 'waiting') waves.set(taskId, 0);
  }
  const mayStart = ({ status, onDepFailure, dependencies }: WaitingTask): boolean => {
    if (status !== 'queued') return false;
    const anyEnd = (onDepFailure ?? policy) === 'run';
    return dependencies.every((id) => {
      const dependency = byId.get(id);
      return (
        dependency !== undefined && (anyEnd || isOpen(id) || dependency.status === 'completed')
      );
    });
  };
  const queue = [...waves.keys()];
  const start = (id: string, wave: number): void => {
    waves.set(id, wave);
    queue.push(id);
  };
  for (const task of tasks) {
    if (left.get(task.taskId) === 0 && mayStart(task)) start(task.taskId, 1);
  }
  for (let next = 0; next < queue.length; next += 1) {
    const id = queue[next] as string;
    for (const dependant of dependants.get(id) ?? []) {
      const open = (left.get(dependant) as number) - 1;
      left.set(dependant, open);
      const task = byId.get(dependant) as WaitingTask;
      // The last one it waits for is of the latest wave: they are taken in the order of waves.
      if (open === 0 && mayStart(task)) start(dependant, Math.max(1, waves.get(id) as number) + 1);
    }
  }
  return waves;
}
