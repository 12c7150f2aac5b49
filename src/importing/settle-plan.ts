import { specialistName } from '../domain/breakdown/check-content.ts';
import { complexityOf } from '../domain/breakdown/complexity.ts';
import { PLAN_LIMITS } from '../domain/breakdown/plan-limits.ts';
import type {
  ImportedPlan,
  ImportedTask,
  ImportFinding,
  ImportFindingCode,
} from '../domain/importing/imported-plan.ts';
import { importFinding } from '../domain/importing/imported-plan.ts';
import { keptText } from '../domain/kept-text.ts';
import { DEFAULT_PRIORITY } from '../domain/priority.ts';
import { breakCycles } from './break-cycles.ts';
import type { PlanDraft, TaskDraft } from './plan-draft.ts';
import { readSourceStatus } from './read-source-status.ts';

export interface SettledPlan {
  readonly plan: ImportedPlan;
  readonly findings: readonly ImportFinding[];
}

/**
 * Make a plan of a draft: every task with an id of its own, statuses in Pawl's words, moments in an
 * order that can be, edges only between tasks of the plan, and none that closes a circle. What had
 * to be changed for that is a finding. The same draft always gives the same plan.
 */
export function settlePlan(draft: PlanDraft): SettledPlan {
  const settling = new Settling(draft);
  const plan = settling.plan();
  return { plan, findings: settling.findings };
}

/** One plan on its way. */
class Settling {
  readonly findings: ImportFinding[] = [];
  readonly #draft: PlanDraft;

  constructor(draft: PlanDraft) {
    this.#draft = draft;
  }

  plan(): ImportedPlan {
    const { key, planId, complexity, context, createdAtMs, archived, place } = this.#draft;
    const ids = this.#uniqueIds();
    const tasks = this.#linked(
      this.#draft.tasks.map((task, at) => this.#task(task, ids[at] ?? '')),
    );
    const description = this.#text(this.#draft.description) ?? '';
    const known = complexity == null ? null : complexityOf(complexity);
    const told = known === null && complexity != null ? `complexity: ${complexity}` : null;
    const contexts = [this.#text(context ?? null), this.#text(told)].filter((one) => one !== null);
    return {
      key,
      planId: this.#text(planId) ?? planId,
      title: this.#text(this.#draft.title) ?? firstLine(description) ?? planId,
      description,
      complexity: known,
      context: contexts.length === 0 ? null : contexts.join('\n'),
      createdAtMs: createdAtMs ?? null,
      archived: archived ?? null,
      place,
      tasks,
    };
  }

  #find(code: ImportFindingCode, message: string, task?: { taskId: string; place: string }): void {
    const { planId, place } = this.#draft;
    const where = { planId, place: task?.place ?? place, taskId: task?.taskId ?? null };
    this.findings.push(importFinding(code, where, message));
  }

  /** Ids in the order of the tasks; what lacks one or shares one is given its own. */
  #uniqueIds(): readonly string[] {
    const { tasks } = this.#draft;
    const written = tasks.map(({ taskId }) => keptText(taskId ?? '').trim());
    const taken = new Set(written);
    const used = new Set<string>();
    return tasks.map(({ place }, at) => {
      const own = written[at] ?? '';
      if (own !== '' && !used.has(own)) {
        used.add(own);
        return own;
      }
      const stem = own === '' ? 'unnamed' : own;
      let number = own === '' ? at + 1 : 2;
      while (taken.has(`${stem}~${number}`) || used.has(`${stem}~${number}`)) number += 1;
      const taskId = `${stem}~${number}`;
      used.add(taskId);
      if (own === '')
        this.#find('id_missing', `a task without an id is ${taskId}`, { taskId, place });
      else
        this.#find('id_duplicate', `${own} is there twice: the later is ${taskId}`, {
          taskId,
          place,
        });
      return taskId;
    });
  }

  #task(draft: TaskDraft, taskId: string): ImportedTask {
    const where = { taskId, place: draft.place };
    const { status, reason, archived, finding } = readSourceStatus(draft.status);
    if (finding !== null) this.#find(finding.code, finding.message, where);
    const completedAtMs = draft.completedAtMs ?? null;
    const isDone = status === 'completed' || (archived && completedAtMs !== null);
    const isOver = isDone || status === 'cancelled';
    let createdAtMs = draft.createdAtMs ?? null;
    if (isOver && completedAtMs !== null && createdAtMs !== null && completedAtMs < createdAtMs) {
      this.#find('time_repaired', 'it was completed before it was created', where);
      createdAtMs = completedAtMs;
    }
    const description = this.#text(draft.description, where);
    const title = this.#text(draft.title, where) ?? firstLine(description ?? '') ?? taskId;
    const role = this.#text(draft.specialist ?? null, where);
    const name = role === null ? null : specialistName(role);
    const isTooLong = (name?.length ?? 0) > PLAN_LIMITS.specialistLengthMax;
    const specialist = isTooLong ? null : name;
    const fields = {
      ...(role === null || specialist === role ? {} : { specialist: role }),
      ...draft.fields,
    };
    return {
      taskId,
      title,
      description: description ?? title,
      specialist,
      effort: this.#text(draft.effort ?? null, where),
      priority: draft.priority ?? DEFAULT_PRIORITY,
      dependencies: [...(draft.dependencies ?? [])],
      status: isDone ? 'completed' : status,
      reason: this.#text(reason, where),
      archived: archived ? 'archived before it was imported' : null,
      result: this.#text(draft.result ?? null, where),
      labels: this.#texts(draft.labels ?? [], where),
      criteria: this.#texts(draft.criteria ?? [], where),
      fields: Object.fromEntries(
        Object.entries(fields).map(([name, text]) => [keptText(name), keptText(text)]),
      ),
      artifacts: draft.artifacts ?? [],
      createdAtMs,
      completedAtMs: isOver ? completedAtMs : null,
    };
  }

  /** The same tasks with edges that can be kept. */
  #linked(tasks: readonly ImportedTask[]): readonly ImportedTask[] {
    const known = new Set(tasks.map(({ taskId }) => taskId));
    const missing = new Map<string, readonly string[]>();
    const graph = new Map(
      tasks.map((task, at) => {
        const draft = this.#draft.tasks[at];
        const { taskId } = task;
        const where = { taskId, place: draft?.place ?? this.#draft.place };
        const written = [...new Set(task.dependencies.map((id) => keptText(id).trim()))];
        const dangling = written.filter((id) => id !== '' && !known.has(id));
        for (const id of dangling) {
          this.#find('dependency_missing', `${taskId} waits for ${id}, which is not there`, where);
        }
        if (dangling.length > 0) missing.set(taskId, dangling);
        const implied = (draft?.implied ?? []).filter((id) => known.has(id) && id !== taskId);
        return [taskId, { written: written.filter((id) => known.has(id)), implied }] as const;
      }),
    );
    const { edges, given } = breakCycles(graph);
    for (const { taskId, dependency, isWritten } of given) {
      if (!isWritten) continue;
      const at = tasks.findIndex((task) => task.taskId === taskId);
      const where = { taskId, place: this.#draft.tasks[at]?.place ?? this.#draft.place };
      const message = `${taskId} and ${dependency} wait for each other: ${taskId} may start first`;
      this.#find('dependency_cycle', message, where);
    }
    return tasks.map((task) => {
      const dangling = missing.get(task.taskId) ?? [];
      const fields =
        dangling.length === 0
          ? task.fields
          : { ...task.fields, missing_dependencies: dangling.join(', ') };
      return { ...task, fields, dependencies: edges.get(task.taskId) ?? [] };
    });
  }

  #text(text: string | null, where?: { taskId: string; place: string }): string | null {
    if (text === null || text.trim() === '') return null;
    const whole = keptText(text);
    if (whole !== text) {
      this.#find('text_repaired', 'a character that no text may hold was replaced', where);
    }
    return whole;
  }

  #texts(texts: readonly string[], where: { taskId: string; place: string }): readonly string[] {
    return texts.flatMap((text) => this.#text(text, where) ?? []);
  }
}

function firstLine(text: string): string | null {
  const line = text.trim().split('\n', 1)[0]?.trim() ?? '';
  return line === '' ? null : line.slice(0, TITLE_MAX).toWellFormed();
}

const TITLE_MAX = 200;
