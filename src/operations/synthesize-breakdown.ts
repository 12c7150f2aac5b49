import { readResult } from '../domain/attempt-result.ts';
import {
  headlineOf,
  type SynthesisFacts,
  type SynthesizedTask,
  type Verdict,
  verdictOf,
} from '../domain/breakdown/synthesis.ts';
import { synthesisText } from '../domain/breakdown/synthesis-text.ts';
import { PawlError } from '../domain/errors.ts';
import { Explainer, type Explanation } from '../domain/explain.ts';
import type { BreakdownSummary } from '../store/breakdowns.ts';
import type { TaskLine } from '../store/store.ts';
import type { PagedTask } from '../store/task-pages.ts';
import { type BreakdownView, breakdownView, findBreakdown } from './breakdown-view.ts';
import { byTaskId, readListSituation } from './list-situation.ts';
import { type OperationContext, operation, underSignal } from './operation.ts';
import { cursorOf, readCursor } from './page-cursor.ts';

export interface SynthesizeBreakdown {
  /** See `findBreakdown`. */
  readonly parentTaskId: string;
  /** Of the markdown: characters of a page; default 8,000, at least 1,000. */
  readonly charsMax?: number;
  readonly cursor?: string | null;
  readonly signal?: AbortSignal;
}

export interface Synthesis {
  readonly breakdown: BreakdownView;
  readonly verdict: Verdict;
  /** The verdict as a sentence with its numbers. */
  readonly headline: string;
  /** Of the whole breakdown: what failed, and what waits for an answer. */
  readonly attention: SynthesisFacts['attention'];
  /** Those that this page tells of, in the order in which they were planned. */
  readonly subtasks: readonly SynthesizedTask[];
  readonly markdown: string;
  readonly cursor: string | null;
}

const CHARS = 8_000;
const CHARS_MIN = 1_000;
/** Read for one page: more are not told in it, however short they are. */
const PAGE_TASKS = 100;
const ATTENTION_MAX = 100;

/**
 * What a breakdown came to, from what is stored: results of what is completed, what is open and
 * waits for what, what failed, was left out or given up, and why. It says that all is done only
 * when all is.
 *
 * @throws PawlError `breakdown_not_found`, `task_ambiguous`, `cursor_invalid`.
 */
export async function synthesizeBreakdown(
  ctx: OperationContext,
  { parentTaskId, charsMax = CHARS, cursor, signal }: SynthesizeBreakdown,
): Promise<Synthesis> {
  const span = { operation: 'synthesize-breakdown', breakdown: parentTaskId };
  return await operation(ctx, span, async () => {
    const within = underSignal(ctx, signal);
    const summary = await findBreakdown(within, parentTaskId);
    const about = { parentTaskId: summary.parentTaskId };
    const after = readCursor(about, cursor, { list: '', position: 0, id: '' });
    const archived = summary.archivedAtMs === null ? 'no' : 'only';
    const page = await within.store.taskPage({
      ...{ listIds: [summary.listId], archived, withArtifacts: true, limit: PAGE_TASKS },
      ...(after && { after }),
    });
    const { facts, explain } = await readFacts(within, summary);
    const subtasks = await Promise.all(
      page.tasks.map((task) => synthesized(within, task, explain(task))),
    );
    const chars = Math.max(CHARS_MIN, charsMax);
    const first = after === undefined;
    const { markdown, told } = synthesisText(facts, subtasks, { charsMax: chars, first });
    const last = page.tasks[told - 1];
    const isMore = told < page.tasks.length || page.next !== null;
    const next =
      isMore && last !== undefined
        ? { list: last.list, position: last.position, id: last.id }
        : null;
    return {
      breakdown: breakdownView(summary),
      verdict: verdictOf(facts),
      headline: headlineOf(facts),
      attention: facts.attention,
      subtasks: subtasks.slice(0, told),
      markdown,
      cursor: cursorOf(about, next),
    };
  });
}

async function readFacts(
  ctx: OperationContext,
  summary: BreakdownSummary,
): Promise<{ readonly facts: SynthesisFacts; readonly explain: (task: TaskLine) => Explanation }> {
  const { parentTaskId, title, listId, total, counts, ready, delayed, blocked } = summary;
  const archived = summary.archivedAtMs !== null;
  const list = await ctx.store.list(listId);
  if (list === null) throw new PawlError('list_not_found', `${summary.list} is gone`);
  const all = await ctx.store.tasks({ listId, archived });
  const situation = await readListSituation(ctx, list);
  const explainer = new Explainer(situation.around(byTaskId(all)));
  const attention = all
    .filter(({ status }) => status === 'failed' || status === 'waiting')
    .slice(0, ATTENTION_MAX)
    .map((task) => ({
      taskId: task.taskId,
      title: task.title ?? task.description,
      status: task.status,
      why: explainer.explain(task).why,
    }));
  return {
    facts: { parentTaskId, title, archived, total, counts, ready, delayed, blocked, attention },
    explain: (task) => explainer.explain(task),
  };
}

async function synthesized(
  { store }: OperationContext,
  task: PagedTask,
  { state, why, waitsFor }: Explanation,
): Promise<SynthesizedTask> {
  const last = task.status === 'completed' ? (await store.attempts(task.id)).at(-1) : undefined;
  return {
    taskId: task.taskId,
    title: task.title ?? task.description,
    specialistType: task.specialistType,
    status: task.status,
    ...{ state, why, waitsFor },
    resultSummary: task.resultSummary,
    detailedWork: detailedWork(last?.resultJson ?? null),
    error: task.status === 'completed' ? null : task.lastError,
    artifacts: task.artifacts.map(({ artifactId, name, kind, bytes, state: stands }) => ({
      ...{ artifactId, name, kind, bytes, state: stands },
    })),
  };
}

function detailedWork(json: string | null): string | null {
  try {
    return readResult(json)?.detailedWork ?? null;
  } catch {
    return null; // an agent wrote it, and it is no JSON: `pawl show` has it as it is
  }
}
