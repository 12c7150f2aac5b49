import { type KnownBox, nameBoxes } from '../../domain/tasklist/box-names.ts';
import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import type { CollectedTasks } from './collect-tasks.ts';
import type { RawStep, RawTask } from './raw-task.ts';
import { isChecklist, isOverview, type Section } from './section.ts';

/** A line that is a task, and what it is called. */
export interface NamedTask {
  readonly taskId: string;
  readonly explicitId: boolean;
  readonly raw: RawTask;
  readonly steps: readonly RawStep[];
  readonly criteria: readonly string[];
}

/**
 * Decide which of the collected lines are tasks and what each is called: the first line of an id
 * is the task; a box without an id is a step of the task that its heading names, or nothing beside
 * a table of tasks, or otherwise a task with a made id.
 */
export function nameTasks(
  collected: CollectedTasks,
  known: readonly KnownBox[],
  findings: Finding[],
): readonly NamedTask[] {
  const explicit = firstLines(collected.tasks, findings);
  const wholes = withDetails(collected.tasks, explicit);
  const steps = new Map<string, RawStep[]>();
  const { taskSections } = collected;
  const beside = { taskSections, hasIds: collected.tasks.some((task) => task.from === 'table') };
  const unnamed = collected.tasks.filter(
    (task) =>
      (task.taskId === null || startsAgain(task, explicit)) &&
      !isStepOfHeading(task, explicit, steps) &&
      isTaskByItself(task, beside, findings),
  );
  const boxes = unnamed.map(({ section, description }) => ({
    section: section.title,
    description,
  }));
  const names = boxes.length === 0 ? [] : nameBoxes(boxes, known, new Set(explicit.keys()));
  const made = new Map(unnamed.map((task, index) => [task, names[index]?.taskId as string]));
  const criteria = new SectionCriteria(collected);
  const named: NamedTask[] = [];
  for (const first of collected.tasks) {
    const explicitId = first.taskId !== null && explicit.get(first.taskId) === first;
    const taskId = explicitId ? first.taskId : made.get(first);
    if (taskId == null) continue;
    const raw = wholes.get(first) ?? first;
    named.push({
      taskId,
      explicitId,
      raw,
      steps: joined(raw.steps, explicitId ? steps.get(taskId) : undefined),
      criteria: joined(raw.criteria, criteria.of(raw.section)),
    });
  }
  criteria.noteUnused(findings);
  return named;
}

/** Most tasks have nothing more, and there may be 100,000 of them. */
function joined<T>(own: readonly T[], more: readonly T[] = []): readonly T[] {
  return more.length === 0 ? own : [...own, ...more];
}

function firstLines(tasks: readonly RawTask[], findings: Finding[]): ReadonlyMap<string, RawTask> {
  const first = new Map<string, RawTask>();
  for (const task of tasks) {
    const { taskId, line, column, length } = task;
    if (taskId === null) continue;
    const earlier = first.get(taskId);
    if (earlier === undefined) {
      first.set(taskId, task);
    } else if (!isDetail(task, earlier) && !startsAgain(task, first)) {
      const message = `\`${taskId}\` is the task in line ${earlier.line}; this line is none`;
      findings.push(finding('duplicate_id', { line, column, length, taskId }, message));
    }
  }
  return first;
}

/** Numbers that begin again at 1 under another heading are no ids of the whole list. */
function startsAgain(task: RawTask, explicit: ReadonlyMap<string, RawTask>): boolean {
  if (task.taskId === null || !/^\d+$/.test(task.taskId)) return false;
  const earlier = explicit.get(task.taskId);
  if (earlier === undefined || earlier === task || isDetail(task, earlier)) return false;
  return earlier.section !== task.section;
}

/** What the numbers in each section stand for. */
export function numbersIn(named: readonly NamedTask[]): ReadonlyMap<Section, Map<string, string>> {
  const numbers = new Map<Section, Map<string, string>>();
  for (const { explicitId, raw, taskId } of named) {
    if (explicitId || raw.taskId === null || raw.taskId === taskId) continue;
    const known = numbers.get(raw.section) ?? new Map<string, string>();
    known.set(raw.taskId, taskId);
    numbers.set(raw.section, known);
  }
  return numbers;
}

/** A row of an index, and a YAML block or a heading that says more about the same task. */
function isDetail(task: RawTask, earlier: RawTask): boolean {
  return earlier.from === 'table' && saysMore(task);
}

function saysMore({ from }: RawTask): boolean {
  return from === 'yaml' || from === 'heading';
}

function withDetails(
  tasks: readonly RawTask[],
  explicit: ReadonlyMap<string, RawTask>,
): ReadonlyMap<RawTask, RawTask> {
  const wholes = new Map<RawTask, RawTask>();
  for (const task of tasks) {
    if (task.taskId === null || !saysMore(task)) continue;
    const row = explicit.get(task.taskId);
    if (row === undefined || row === task || !isDetail(task, row)) continue;
    const known = wholes.get(row) ?? row;
    const isSet = new Set(known.settings.map(({ key }) => key));
    const marked = known.mark === 'none' ? task : known;
    wholes.set(row, {
      ...known,
      description: known.description === '' ? task.description : known.description,
      ...{ mark: marked.mark, place: marked.place },
      settings: [...known.settings, ...task.settings.filter(({ key }) => !isSet.has(key))],
      steps: [...known.steps, ...task.steps],
      criteria: [...known.criteria, ...task.criteria],
      fields: { ...task.fields, ...known.fields },
    });
  }
  return wholes;
}

/** The shape with an index of ids, and below it one heading with check boxes for each. */
function isStepOfHeading(
  task: RawTask,
  explicit: ReadonlyMap<string, RawTask>,
  steps: Map<string, RawStep[]>,
): boolean {
  const owner = task.section.headingId;
  const from = owner === null ? undefined : explicit.get(owner)?.from;
  if (owner === null || task.from !== 'box' || (from !== 'table' && from !== 'yaml')) return false;
  const own = { text: task.description, done: task.mark === 'completed' };
  const known = steps.get(owner) ?? [];
  for (const step of [own, ...task.steps]) known.push(step);
  steps.set(owner, known);
  return true;
}

function isTaskByItself(
  task: RawTask,
  { hasIds, taskSections }: Pick<CollectedTasks, 'taskSections'> & { readonly hasIds: boolean },
  findings: Finding[],
): boolean {
  const { line, column, length, from } = task;
  const place = { line, column, length };
  if (task.description === '') {
    findings.push(finding('row_not_taken', place, 'this task has no text'));
    return false;
  }
  if (from === 'bare-table' && hasIds && isOverview(task.section)) {
    const message = 'this row has no id, and its section is about tasks of other tables';
    findings.push(finding('row_not_taken', place, message));
    return false;
  }
  const isBeside = taskSections.has(task.section) || (hasIds && isChecklist(task.section));
  if (from !== 'box' || !isBeside) return true;
  const message = 'a check box without an id beside a table of tasks is not taken for a task';
  findings.push(finding('box_without_id', place, message));
  return false;
}

/** The criteria of a section hold for its tasks and for those in sections below it. */
class SectionCriteria {
  private readonly collected: CollectedTasks;
  private readonly known = new Map<Section, readonly string[]>();

  constructor(collected: CollectedTasks) {
    this.collected = collected;
  }

  of(section: Section): readonly string[] {
    const known = this.known.get(section);
    if (known !== undefined) return known;
    const written = this.collected.criteria.get(section) ?? [];
    const own = written.filter(({ ofList }) => !ofList).map(({ text }) => text);
    const all = section.parent === null ? own : [...own, ...this.of(section.parent)];
    this.known.set(section, all);
    return all;
  }

  /** To be asked for last: whatever no task's section led to. */
  noteUnused(findings: Finding[]): void {
    for (const [section, criteria] of this.collected.criteria) {
      if (this.known.has(section)) continue;
      for (const { line, ofList } of criteria) {
        if (ofList && this.known.size > 0) continue;
        const message = 'this box stands among criteria or context, and no task is in its section';
        findings.push(finding('row_not_taken', { line }, message));
      }
    }
  }
}
