import type { FuzzCall } from './any-call.ts';
import type { StateChange } from './state-watch.ts';

type Row = Readonly<Record<string, unknown>>;

/** What a task may be after a report with this next action was taken. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  complete: ['completed', 'queued', 'failed', 'running'],
  continue: ['running'],
  needs_revision: ['queued', 'failed'],
  blocked: ['waiting'],
  failed: ['queued', 'failed'],
  release: ['queued'],
};

/** Of a call that was accepted: whether what it stored is what it was told; null when it is. */
export function faultOfValues({
  asked,
  changes,
}: {
  readonly asked: FuzzCall;
  readonly changes: readonly StateChange[];
}): string | null {
  const args = asked.args as Row;
  const tasks = rowsOf(changes, 'task_queue');
  const [, name = ''] = /^orchestrator_(.*)$/.exec(asked.tool) ?? [];
  switch (name) {
    case 'plan_task':
      return faultOfPlan(args, tasks, rowsOf(changes, 'task_breakdowns'));
    case 'update_task':
      return faultOfUpdate(args, tasks);
    case 'complete_task':
    case 'complete_subtask':
      return faultOfReport(args, tasks);
    case 'heartbeat':
      return faultOfHeartbeat(args, tasks);
    default:
      return null;
  }
}

function rowsOf(changes: readonly StateChange[], table: string): readonly Row[] {
  return changes.flatMap((one) => (one.table === table && one.after !== null ? [one.after] : []));
}

function faultOfPlan(
  { subtasks, complexity, context, description }: Row,
  tasks: readonly Row[],
  breakdowns: readonly Row[],
): string | null {
  const [breakdown] = breakdowns;
  if (breakdown === undefined) return null; // a repeated request stores nothing
  if (breakdowns.length > 1) return 'one plan, and two breakdowns';
  const wanted = Array.isArray(subtasks) ? (subtasks as readonly Row[]).map(titleOf) : null;
  const stored = tasks.toSorted(byPosition).map(titleOf);
  return (
    differing('subtasks', wanted ?? stored, stored) ??
    differing('complexity', complexity, breakdown['complexity']) ??
    differing('context', trimmed(context), breakdown['context']) ??
    differing('description', trimmed(description), breakdown['description'])
  );
}

const titleOf = ({ title }: Row): unknown => trimmed(title);
const byPosition = (a: Row, b: Row): number => Number(a['position']) - Number(b['position']);

function faultOfUpdate(args: Row, tasks: readonly Row[]): string | null {
  const task = tasks.find(({ task_id: id }) => id === args['task_id']);
  if (task === undefined || args['release'] === true) return null;
  return (
    differing('title', trimmed(args['title']), task['title']) ??
    differing('description', trimmed(args['description']), task['description'])
  );
}

function faultOfReport(args: Row, tasks: readonly Row[]): string | null {
  const action = String(args['next_action'] ?? 'complete');
  const [task] = tasks.filter(
    ({ id, task_id }) => String(args['claim']).includes(String(id)) || task_id === args['task_id'],
  );
  const status = String(task?.['status']);
  if (task === undefined || AFTER[action]?.includes(status) === true) return null;
  return `${action} was said, and the task is ${status}`;
}

function faultOfHeartbeat({ note, percent }: Row, tasks: readonly Row[]): string | null {
  const [task] = tasks;
  if (task === undefined || (note === undefined && percent === undefined)) return null;
  const stored = JSON.parse(String(task['progress_json'])) as Row;
  return (
    differing('note', note, stored['note']) ?? differing('percent', percent, stored['percent'])
  );
}

/** Nothing said is nothing asked; what older servers took in other forms is not compared. */
function differing(what: string, asked: unknown, stored: unknown): string | null {
  const isOther = typeof asked === 'object' && !Array.isArray(asked);
  if (asked === undefined || asked === '' || isOther) return null;
  const [wanted, found] = [JSON.stringify(asked), JSON.stringify(stored)];
  return wanted === found ? null : `${what}: asked for ${wanted}, stored ${found}`;
}

function trimmed(value: unknown): unknown {
  return typeof value === 'string' ? value.trim() : undefined;
}
