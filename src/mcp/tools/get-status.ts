import { z } from 'zod';
import { parentOfList } from '../../domain/breakdown/list-path.ts';
import { PawlError } from '../../domain/errors.ts';
import { getStatus, type ListStatus } from '../../operations/get-status.ts';
import { lookUpLists } from '../../operations/look-up-lists.ts';
import { underSignal } from '../../operations/operation.ts';
import { cursorOf, pageOf, readCursor } from '../cursor.ts';
import type { ResolvedWorkspace } from '../resolve-workspace.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { listOf } from './list-wish.ts';
import { olderBrief } from './older-brief.ts';
import { titleOf } from './task-brief.ts';

const INPUT = z.strictObject({
  parent_task_id: z.string().optional(),
  list: z.string().optional(),
  include_completed: z.boolean().default(false).describe('Also what is over'),
  cursor: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

export const getStatusTool = defineTool({
  name: 'orchestrator_get_status',
  title: 'Status',
  description:
    'Where every breakdown and list stands: counts, what runs and who holds it, what is ready.',
  hints: { reads: true },
  both: true,
  input: INPUT,
  absent: (args, { place }) => {
    const wanted = listOf(args);
    if (wanted === null) return nothingYet(place);
    const code = parentOfList(wanted) === null ? 'list_not_found' : 'breakdown_not_found';
    throw new PawlError(code, `there is no ${wanted}: nothing is planned here yet`);
  },
  example: {},
  run: async (args, { place, workspace, signal }) => {
    const ctx = underSignal(workspace, signal);
    const wanted = listOf(args);
    const { lists, older: plans, trouble } = await lookUpLists(ctx, wanted);
    const all = (await Promise.all(lists.map((list) => getStatus(ctx, list)))).flat();
    const shown = all.filter((one) => args.include_completed || wanted !== null || openOf(one) > 0);
    const after = readCursor(args.cursor, numberIn) ?? 0;
    const { items, taken } = pageOf(shown.slice(after).map(statusBrief));
    return {
      workspace: place.root,
      found_by: place.by,
      summary: summaryOf(all),
      lists: items,
      ...olderBrief({ plans, trouble }),
      ...(after + taken < shown.length ? { cursor: cursorOf([after + taken]) } : {}),
      ...(all.length === 0 && plans.length > 0 ? {} : { next: nextOf(all) }),
    };
  },
});

const numberIn = (key: unknown): number | null =>
  Array.isArray(key) && typeof key[0] === 'number' ? key[0] : null;

const NOTHING_PLANNED = 'Nothing is planned here yet: orchestrator_plan_task.';

const nothingYet = ({ root, by }: ResolvedWorkspace) => ({
  ...{ workspace: root, found_by: by, summary: { lists: 0, tasks: 0 } },
  next: NOTHING_PLANNED,
});

function openOf({ counts }: ListStatus): number {
  return counts.queued + counts.running + counts.waiting;
}

export function statusBrief(list: ListStatus) {
  const parent = parentOfList(list.list);
  const { counts, ready, delayed, blocked } = list;
  const { queued: _queued, ...rest } = counts;
  const told = Object.entries({ ready, blocked, delayed, ...rest }).filter(([, n]) => n > 0);
  return {
    ...(parent === null ? { list: list.list } : { parent_task_id: parent }),
    title: list.title,
    total: list.total,
    counts: Object.fromEntries(told),
    executor: list.executor.status === 'stopped' ? null : list.executor.status,
    running: list.running.map((task) => ({
      ...{ task_id: task.taskId, attempt: task.attempt, by: task.process ?? task.agent },
      since: task.startedAt,
    })),
    ready: list.next.map((task) => ({
      ...{ task_id: task.taskId, title: titleOf(task), specialist_type: task.specialistType },
    })),
  };
}

export function summaryOf(lists: readonly ListStatus[]) {
  const sum = (of: (list: ListStatus) => number): number =>
    lists.reduce((total, list) => total + of(list), 0);
  return {
    ...{ lists: lists.length, tasks: sum(({ total }) => total) },
    ...{ ready: sum(({ ready }) => ready), blocked: sum(({ blocked }) => blocked) },
    delayed: sum(({ delayed }) => delayed),
    running: sum(({ counts }) => counts.running),
    waiting: sum(({ counts }) => counts.waiting),
    completed: sum(({ counts }) => counts.completed),
    failed: sum(({ counts }) => counts.failed),
    skipped: sum(({ counts }) => counts.skipped),
    cancelled: sum(({ counts }) => counts.cancelled),
  };
}

export function nextOf(lists: readonly ListStatus[]): string {
  if (lists.length === 0) return NOTHING_PLANNED;
  if (lists.some(({ ready }) => ready > 0)) return 'orchestrator_claim_next takes a ready task.';
  if (lists.some(({ counts }) => counts.waiting > 0)) {
    return 'What waits needs a person: orchestrator_query_tasks {"status":["waiting"]}.';
  }
  if (lists.some(({ counts }) => counts.running > 0)) {
    return 'What runs goes on with who holds it; the rest waits for that: ask again later.';
  }
  if (lists.some((list) => openOf(list) > 0)) {
    return 'Nothing can start: orchestrator_query_tasks {"status":["blocked"]} says why.';
  }
  return 'All is over: orchestrator_synthesize_results, or orchestrator_plan_task.';
}
