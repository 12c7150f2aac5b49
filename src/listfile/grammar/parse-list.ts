import { PawlError } from '../../domain/errors.ts';
import { type DependencyGraph, findCycle } from '../../domain/graph.ts';
import type { KnownBox } from '../../domain/tasklist/box-names.ts';
import { ExistingIds } from '../../domain/tasklist/dependency-text.ts';
import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding, ListDocument, ListTask } from '../../domain/tasklist/model.ts';
import { collectTasks } from './collect-tasks.ts';
import { withInferredOrder } from './infer-order.ts';
import { joinEqualFindings } from './join-findings.ts';
import { readListNeeds, withListNeeds } from './list-needs.ts';
import { listTask } from './list-task.ts';
import type { MarkPlace } from './mark-place.ts';
import { nameTasks, numbersIn } from './name-tasks.ts';
import { outlineOf } from './outline.ts';
import { readTaskFile } from './read-task-file.ts';
import { decodeText, markdownView, type SourceText } from './source-text.ts';
import { noteStrayLines } from './stray-lines.ts';
import { noteUntakenShapes } from './untaken-shapes.ts';

/**
 * Read the bytes of a markdown list. Total for text: a list without tasks is a document with
 * findings. Never asks the file system.
 *
 * @throws PawlError `list_too_large`, `list_not_text`.
 */
export function parseList(bytes: Uint8Array, options: ParseListOptions = {}): ParsedList {
  const bytesMax = options.listBytesMax ?? LIST_BYTES_MAX;
  if (bytes.byteLength > bytesMax) throw tooLarge(bytes.byteLength, bytesMax);
  const source = decodeText(bytes);
  const markdown = markdownView(source.text);
  const outline = outlineOf(markdown);
  const knownBoxes = options.knownBoxes ?? [];
  const unnamed = knownBoxes.filter(({ named }) => named !== true);
  const inLines = collectTasks(outline, knownBoxes);
  const isPlain = inLines.tasks.every(({ taskId, from }) => taskId === null && from === 'box');
  const whole = isPlain ? readTaskFile(source.text, outline) : null;
  const collected = whole ?? inLines;
  const findings: Finding[] = [...collected.findings];
  const taken = collected.tasks.filter(({ from }) => from !== 'table').map(({ line }) => line);
  noteStrayLines(outline, markdown, new Set(taken), findings);
  if (collected.tasks.length > TASKS_MAX) throw tooManyTasks(collected.tasks.length);
  const named = nameTasks(collected, unnamed, findings);
  const existing = new ExistingIds(named.map(({ taskId }) => taskId));
  noteUntakenShapes(outline, existing.all, findings);
  const numbers = numbersIn(named);
  // The front matter of a file that is one task is that task's own.
  const needs = whole === null ? readListNeeds(source.text, existing, findings) : [];
  const written = named.map((task, index) => {
    const ids = existing.where(numbers.get(task.raw.section));
    return withListNeeds(listTask(task, index + 1, ids, findings), needs);
  });
  const tasks = withInferredOrder(named, written, findings);
  findings.push(...findingsOfWhole(tasks));
  const places = new Map<string, MarkPlace>();
  for (const { taskId, raw } of named) if (raw.place !== null) places.set(taskId, raw.place);
  return {
    document: { title: collected.title, tasks, findings: sorted(findings) },
    source,
    places,
    needs,
  };
}

/** Of one list, before any is read closer. */
export const TASKS_MAX = 200_000;
/** Findings below an error that are kept: nobody reads more, and they are stored. */
export const FINDINGS_MAX = 5_000;

/** Bytes; a row has about 100, with much to say 150: enough for `TASKS_MAX` of them. */
export const LIST_BYTES_MAX = 32 * 1024 * 1024;

export interface ParseListOptions {
  /** Bytes; default `LIST_BYTES_MAX`. */
  readonly listBytesMax?: number;
  /** What is already stored, so that a reworded or moved line keeps the id that was made for it. */
  readonly knownBoxes?: readonly KnownBox[];
}

export interface ParsedList {
  readonly document: ListDocument;
  readonly source: SourceText;
  /** Where each task's mark stands; a task that is missing here has no place for one. */
  readonly places: ReadonlyMap<string, MarkPlace>;
  /** What the front matter says that every task needs; each has it among its own. */
  readonly needs: readonly string[];
}

export function tooLarge(bytes: number, bytesMax: number): PawlError {
  return new PawlError('list_too_large', `the list has over ${bytesMax} bytes`, {
    details: { bytes, bytesMax },
  });
}

function tooManyTasks(tasks: number): PawlError {
  const message = `the list has ${tasks} tasks; at most ${TASKS_MAX} are taken`;
  return new PawlError('list_too_large', message, { details: { tasks, tasksMax: TASKS_MAX } });
}

/** By place; of a flood the first ones, and every error. */
function sorted(findings: readonly Finding[]): readonly Finding[] {
  const byPlace = findings.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const all = joinEqualFindings(byPlace);
  return all.filter(({ severity }, index) => index < FINDINGS_MAX || severity === 'error');
}

function findingsOfWhole(tasks: readonly ListTask[]): readonly Finding[] {
  if (tasks.length === 0) return [finding('no_tasks', { line: 0 }, 'no task was found')];
  if (isInOrder(tasks)) return [];
  const waiting = tasks.filter((task) => task.dependencies.length > 0);
  const graph: DependencyGraph = new Map(waiting.map((task) => [task.taskId, task.dependencies]));
  const cycle = findCycle(graph);
  if (cycle === null) return [];
  const first = tasks.find((task) => task.taskId === cycle[0]) as ListTask;
  const message = `tasks wait for each other: ${cycle.join(' -> ')}`;
  return [finding('dependency_cycle', { line: first.line, taskId: first.taskId }, message)];
}

/** Most lists name what a task waits for above it, and then nothing can wait for itself. */
function isInOrder(tasks: readonly ListTask[]): boolean {
  const above = new Set<string>();
  return tasks.every(({ taskId, dependencies }) => {
    above.add(taskId);
    return dependencies.every((id) => id !== taskId && above.has(id));
  });
}
