import { complexityOf } from '../domain/breakdown/complexity.ts';
import { PawlError } from '../domain/errors.ts';
import { holds, type ParameterValues, textOfValue } from './parameters.ts';
import { fillText } from './placeholder.ts';
import { type Condition, TEMPLATE_LIMITS, type Template, type TemplateTask } from './template.ts';

/** A template with its parameters filled in: what a plan needs. */
export interface FilledTemplate {
  readonly title: string;
  readonly description: string;
  readonly complexity: string | null;
  readonly subtasks: readonly FilledTask[];
  /** Keys of the tasks whose conditions do not hold, or that lie in such a one. */
  readonly leftOut: readonly string[];
}

export interface FilledTask {
  readonly key: string;
  readonly title: string;
  readonly description: string | null;
  readonly specialistType: string | null;
  /** Keys. */
  readonly dependencies: readonly string[];
  readonly estimatedEffort: string | null;
  readonly acceptance: readonly string[];
  readonly verify: string | readonly string[] | null;
  readonly priority: string | null;
  readonly labels: readonly string[];
}

/**
 * Fill a template with values that its parameters allow. A task that waited for one which is left
 * out waits for whatever that one waited for.
 *
 * @throws PawlError `arguments_invalid` when the texts become too long.
 */
export function fillTemplate(template: Template, values: ParameterValues): FilledTemplate {
  const fill = filling(values);
  const kept = new Map(template.tasks.map((task) => [task.path, task]));
  const byPath = new Map(kept);
  const leftOut = template.tasks.filter((task) => !isWanted(task, byPath, values));
  for (const { path } of leftOut) kept.delete(path);
  const subtasks = [...kept.values()].map((task): FilledTask => {
    const { key, description, specialistType, estimatedEffort, priority, verify } = task;
    return {
      ...{ key, title: fill(task.title), description: fill(description) },
      ...{ specialistType: fill(specialistType), estimatedEffort: fill(estimatedEffort) },
      ...{
        priority: fill(priority),
        labels: task.labels.map((one) => fill(one)).filter((one) => one !== ''),
      },
      acceptance: task.acceptance.map((one) => fill(one)),
      verify:
        typeof verify === 'string' || verify === null ? verify : verify.map((one) => fill(one)),
      dependencies: keptBehind(task, kept, byPath).map((path) => kept.get(path)?.key ?? path),
    };
  });
  const { title, description, complexity } = template;
  return {
    ...{ title: fill(title), description: fill(description) },
    complexity: complexity === null ? null : complexityOf(fill(complexity)),
    ...{ subtasks, leftOut: leftOut.map(({ key }) => key) },
  };
}

type Fill = <T extends string | null>(text: T) => T extends string ? string : null;

/** Counts what it fills in: a short template with long values could become anything. */
function filling(values: ParameterValues): Fill {
  const { filledLengthMax } = TEMPLATE_LIMITS;
  let length = 0;
  const textOf = (name: string): string => {
    const text = textOfValue(values.get(name));
    length += text.length;
    if (length <= filledLengthMax) return text;
    throw new PawlError(
      'arguments_invalid',
      `parameters: the values would fill more than ${filledLengthMax} characters`,
    );
  };
  return ((text: string | null) => (text === null ? null : fillText(text, textOf))) as Fill;
}

type Tasks = ReadonlyMap<string, TemplateTask>;

function isWanted(task: TemplateTask, byPath: Tasks, values: ParameterValues): boolean {
  for (
    let at: TemplateTask | undefined = task;
    at !== undefined;
    at = byPath.get(at.parent ?? '')
  ) {
    if (!at.when.every((condition) => isMet(condition, values))) return false;
  }
  return true;
}

function isMet({ parameter, negated, anyOf }: Condition, values: ParameterValues): boolean {
  const value = values.get(parameter);
  if (anyOf !== null) return anyOf.includes(value);
  return holds(value) !== negated;
}

/** What a task waits for, and in place of what is left out whatever that waits for. */
function keptBehind(task: TemplateTask, kept: Tasks, byPath: Tasks): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const open = [...task.waitsFor];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    if (kept.has(path)) found.add(path);
    else open.push(...(byPath.get(path)?.waitsFor ?? []));
  }
  return [...found];
}
