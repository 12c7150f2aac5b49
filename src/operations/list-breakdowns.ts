import { PawlError } from '../domain/errors.ts';
import { Explainer } from '../domain/explain.ts';
import { type BreakdownView, breakdownView, findBreakdown } from './breakdown-view.ts';
import { byTaskId, readListSituation } from './list-situation.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';
import { cursorOf, readCursor } from './page-cursor.ts';
import { type TaskView, taskView } from './task-view.ts';

export interface ListBreakdowns {
  readonly sessionId?: string;
  readonly archived?: 'no' | 'only' | 'too';
  /** Default 50, at most 500. */
  readonly limit?: number;
  readonly cursor?: string | null;
  readonly signal?: AbortSignal;
}

export interface ListedBreakdowns {
  /** Newest first. */
  readonly breakdowns: readonly BreakdownView[];
  readonly cursor: string | null;
}

const LIMIT = 50;

/** The breakdowns that there are, with their counters. @throws PawlError `cursor_invalid`. */
export async function listBreakdowns(
  ctx: OperationContext,
  input: ListBreakdowns = {},
): Promise<ListedBreakdowns> {
  return await operation(ctx, { operation: 'list-breakdowns' }, async () => {
    const { cursor, limit = LIMIT, signal, ...about } = input;
    const after = readCursor(about, cursor, { createdAtMs: 0, parentTaskId: '' });
    const { store } = underSignal(ctx, signal);
    const page = await store.breakdowns({ ...about, limit, ...(after && { after }) });
    return {
      breakdowns: page.breakdowns.map(breakdownView),
      cursor: cursorOf(about, page.next === null ? null : { ...page.next }),
    };
  });
}

export interface GetBreakdown {
  /** See `findBreakdown`. */
  readonly parentTaskId: string;
  /** Subtasks of a page; default 100, at most 500. */
  readonly limit?: number;
  readonly cursor?: string | null;
  readonly signal?: AbortSignal;
}

export interface ShownBreakdown {
  readonly breakdown: BreakdownView;
  /** In the order in which they were planned, each with the reason why it is where it is. */
  readonly subtasks: readonly TaskView[];
  readonly cursor: string | null;
}

const SUBTASKS = 100;
const SUBTASKS_MAX = 500;

/**
 * One breakdown with a page of its subtasks. Archived ones are shown, too.
 *
 * @throws PawlError `breakdown_not_found`, `task_ambiguous`, `cursor_invalid`.
 */
export async function getBreakdown(
  ctx: OperationContext,
  { parentTaskId, limit = SUBTASKS, cursor, signal }: GetBreakdown,
): Promise<ShownBreakdown> {
  const span = { operation: 'get-breakdown', breakdown: parentTaskId };
  return await operation(ctx, span, async () => {
    const within = underSignal(ctx, signal);
    const summary = await findBreakdown(within, parentTaskId);
    const about = { parentTaskId: summary.parentTaskId };
    const from = readCursor(about, cursor, { position: 0 })?.position ?? 0;
    const { listId, archivedAtMs } = summary;
    const list = await within.store.list(listId);
    if (list === null) throw new PawlError('list_not_found', `${summary.list} is gone`);
    const archived = archivedAtMs !== null;
    const all = await within.store.tasks({ listId, archived });
    const situation = await readListSituation(within, list);
    const explainer = new Explainer(situation.around(byTaskId(all)));
    const most = Math.max(1, Math.min(limit, SUBTASKS_MAX));
    const rest = all.filter(({ position }) => position > from);
    const shown = rest.slice(0, most);
    const position = rest.length > most ? (shown.at(-1)?.position ?? null) : null;
    return {
      breakdown: breakdownView(summary),
      subtasks: shown.map((task) => taskView(task, explainer.explain(task))),
      cursor: cursorOf(about, position === null ? null : { position }),
    };
  });
}
