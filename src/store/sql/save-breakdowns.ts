import type { SubtaskPlan } from '../../domain/breakdown/plan-model.ts';
import { assertNever, PawlError } from '../../domain/errors.ts';
import type { SubtaskChange, SubtaskPast } from '../breakdowns.ts';
import type {
  BreakdownSave,
  NewSubtaskPast,
  SaveBreakdown,
  SaveBreakdowns,
  SaveSubtask,
} from '../saved-breakdowns.ts';
import { archiveBreakdown } from './archive-breakdown.ts';
import { existingBreakdown, openBreakdown } from './breakdown-row.ts';
import { addSubtasks, enqueueBreakdown } from './enqueue-breakdown.ts';
import { ARTIFACTS_FIELD, savedArtifacts } from './read-saved-breakdowns.ts';
import { setSubtaskStatus } from './set-subtask-status.ts';
import { updateBreakdown, updateSubtask } from './update-subtask.ts';
import { change, row, rows, type Verb, type VerbContext } from './verb.ts';

const IS_THERE = 'SELECT 1 AS there FROM task_breakdowns WHERE parent_task_id = ?';
const SUBTASKS =
  'SELECT task_id AS taskId, id FROM task_queue ' +
  'WHERE task_list_path = ? AND archived_at_ms IS NULL';
const SUBTASK = `${SUBTASKS} AND task_id = ?`;
const FIELDS = 'SELECT fields_json AS fields FROM task_queue WHERE id = ?';
const SET_FIELDS = 'UPDATE task_queue SET fields_json = ?, updated_at = ? WHERE id = ?';

/**
 * Make breakdowns as programs save them, in one transaction. A save of what is there changes what
 * it names and nothing else: subtasks that it does not name stay, and so does what others did.
 *
 * @throws PawlError `plan_invalid`, `breakdown_not_found`, `breakdown_archived`, `task_not_found`,
 *   and what setting a status is refused with.
 */
export function* saveBreakdowns(ctx: VerbContext, input: SaveBreakdowns): Verb<void> {
  for (const save of input.saves) yield* saveOne(ctx, input, save);
}

function* saveOne(ctx: VerbContext, input: SaveBreakdowns, save: BreakdownSave): Verb<void> {
  switch (save.kind) {
    case 'breakdown':
      yield* saveBreakdown(ctx, input, save);
      break;
    case 'subtask': {
      const { list, parentTaskId } = yield* openBreakdown(save.parentTaskId);
      const { taskId } = save.subtask;
      const known = yield* row<{ id: string }>(SUBTASK, list, taskId);
      if (known === undefined) {
        throw new PawlError('task_not_found', `${parentTaskId} has no subtask ${taskId}`, {
          details: { parentTaskId, taskId },
        });
      }
      yield* saveSubtask(ctx, input, { id: known.id, subtask: save.subtask });
      break;
    }
    case 'archive':
      yield* archiveBreakdown(ctx, { parentTaskId: save.parentTaskId, reason: 'archived' });
      break;
    default:
      assertNever(save);
  }
}

function* saveBreakdown(ctx: VerbContext, input: SaveBreakdowns, save: SaveBreakdown): Verb<void> {
  if ((yield* row(IS_THERE, save.parentTaskId)) === undefined) {
    yield* enqueue(ctx, input, save);
    return;
  }
  const { list, parentTaskId, description: before } = yield* existingBreakdown(save.parentTaskId);
  const { description, complexity, context } = save;
  const said = { description, complexity, context };
  const isSaid = Object.values(said).some((value) => value !== undefined);
  const title = description === undefined || description === before ? {} : { title: null };
  if (isSaid) {
    yield* updateBreakdown(ctx, { parentTaskId, change: { ...given(said), ...title } });
  } else yield* openBreakdown(parentTaskId);
  const known = yield* idsIn(list);
  const isNew = ({ taskId }: SaveSubtask): boolean => !known.has(taskId);
  const newcomers = save.subtasks.filter(isNew);
  if (newcomers.length > 0) {
    yield* addSubtasks(ctx, { parentTaskId, subtasks: newcomers.map(planOf) });
  }
  const all = yield* idsIn(list);
  for (const { ofNew, ...subtask } of save.subtasks) {
    const past = isNew(subtask) && ofNew !== undefined ? pastWish(ofNew) : {};
    const id = all.get(subtask.taskId) ?? '';
    yield* saveSubtask(ctx, input, { id, subtask: { ...past, ...subtask } });
  }
}

function pastWish({ status, results }: NewSubtaskPast): Pick<SaveSubtask, 'status' | 'results'> {
  return { status, results };
}

function* idsIn(list: string): Verb<ReadonlyMap<string, string>> {
  const found = yield* rows<{ readonly taskId: string; readonly id: string }>(SUBTASKS, list);
  return new Map(found.map(({ taskId, id }) => [taskId, id]));
}

/** A new one, with what had become of its subtasks before it came here. */
function* enqueue(ctx: VerbContext, input: SaveBreakdowns, save: SaveBreakdown): Verb<void> {
  const { parentTaskId, description = '', complexity, context, createdAtMs, subtasks } = save;
  const { subtasks: made } = yield* enqueueBreakdown(ctx, {
    plan: {
      ...given({ complexity, context }),
      ...{ parentTaskId, description, subtasks: subtasks.map(planOf) },
    },
    source: 'program',
    sessionId: input.client.sessionId,
    mayBeEmpty: true,
    past: subtasks.map(pastOf),
    ...given({ createdAtMs }),
  });
  for (const [index, { id }] of made.entries()) {
    const subtask = subtasks[index];
    if (subtask === undefined) continue;
    yield* keepArtifacts(ctx, id, subtask.artifacts);
    if (newcomer(subtask).status !== 'running') continue;
    yield* setSubtaskStatus(ctx, input, { id, status: 'running', text: null });
  }
}

function planOf(subtask: SaveSubtask): SubtaskPlan {
  const { taskId, title, description, specialistType, estimatedEffort, dependencies } = subtask;
  const content = given({ description, specialistType, estimatedEffort, dependencies });
  return { taskId, title: title ?? taskId, ...content };
}

/** What a save says of one that is not there yet. */
function newcomer({ status, results, ofNew }: SaveSubtask): NewSubtaskPast {
  return {
    status: status ?? ofNew?.status ?? 'queued',
    results: results ?? ofNew?.results ?? null,
    createdAtMs: ofNew?.createdAtMs ?? null,
    endedAtMs: ofNew?.endedAtMs ?? null,
  };
}

function pastOf(subtask: SaveSubtask): SubtaskPast {
  const { status, results, createdAtMs, endedAtMs } = newcomer(subtask);
  const isResult = status === 'completed' || status === 'queued' || status === 'running';
  return {
    status: status === 'running' ? 'queued' : status,
    reason: isResult ? null : results,
    result: isResult ? results : null,
    ...{ createdAtMs, endedAtMs },
  };
}

function* saveSubtask(
  ctx: VerbContext,
  input: SaveBreakdowns,
  { id, subtask }: { readonly id: string; readonly subtask: SaveSubtask },
): Verb<void> {
  const { title, description, specialistType, estimatedEffort, dependencies } = subtask;
  const content: SubtaskChange = given({
    ...{ title, description, specialistType, estimatedEffort, dependencies },
  });
  if (Object.keys(content).length > 0) yield* updateSubtask(ctx, { id, change: content });
  yield* keepArtifacts(ctx, id, subtask.artifacts);
  const { status, results } = subtask;
  if (status === undefined && results === undefined) return;
  const stored = yield* row<{ status: NonNullable<typeof status> }>(
    'SELECT status FROM task_queue WHERE id = ?',
    id,
  );
  const wished = status ?? stored?.status ?? 'queued';
  yield* setSubtaskStatus(ctx, input, { id, status: wished, text: results ?? null });
}

function* keepArtifacts(
  ctx: VerbContext,
  id: string,
  artifacts: readonly string[] | undefined,
): Verb<void> {
  if (artifacts === undefined) return;
  const json = (yield* row<{ fields: string | null }>(FIELDS, id))?.fields ?? null;
  if (JSON.stringify(savedArtifacts(json)) === JSON.stringify(artifacts)) return;
  const { [ARTIFACTS_FIELD]: _, ...others } = JSON.parse(json ?? '{}') as Record<string, string>;
  const kept = artifacts.length === 0 ? {} : { [ARTIFACTS_FIELD]: JSON.stringify(artifacts) };
  const fields = { ...others, ...kept };
  const isEmpty = Object.keys(fields).length === 0;
  yield* change(SET_FIELDS, isEmpty ? null : JSON.stringify(fields), ctx.nowText, id);
}

/** Without what was not said. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const said = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
