import { z } from 'zod';
import { complexityOf } from '../domain/breakdown/complexity.ts';
import { nearNames, shortName } from './near-names.ts';
import { faultOfValue } from './parameters.ts';
import { isObject, placeIn, type RawTemplate } from './parse-template.ts';
import { readPattern } from './pattern.ts';
import { parametersIn } from './placeholder.ts';
import { readTasks } from './read-tasks.ts';
import { type Reading, shaped } from './shape.ts';
import {
  PARAMETER_TYPES,
  type ReadTemplate,
  TEMPLATE_LIMITS,
  type TemplateParameter,
  type TemplateTask,
} from './template.ts';

const TEXT = z.string().trim().min(1);

const METADATA = z.object({
  ...{ name: TEXT, description: TEXT, title: TEXT.nullish(), author: TEXT.nullish() },
  version: z.union([TEXT, z.number()], 'is neither a text nor a number').transform(String),
  ...{ category: TEXT.nullish(), tags: z.array(TEXT).nullish(), complexity: TEXT.nullish() },
  extends: TEXT.nullish(),
});

const NUMBER = z.number().nullish();
const VALUES = z.array(z.unknown()).nullish();

const PARAMETER = z.object({
  ...{ type: z.enum(PARAMETER_TYPES).nullish(), description: z.string().nullish() },
  ...{
    required: z.boolean().nullish(),
    default: z.unknown().optional(),
    pattern: z.string().nullish(),
  },
  ...{ allowed_values: VALUES, enum: VALUES, min_length: NUMBER, max_length: NUMBER },
  ...{ min_value: NUMBER, max_value: NUMBER, min: NUMBER, max: NUMBER },
});

const SECTIONS: readonly string[] = ['metadata', 'parameters', 'tasks', '_storage'];
const PATTERN_FAULTS_MAX = 10;
const NAME = /^[A-Za-z_]\w{0,99}$/;

/**
 * Whether what was read is a template. Every fault is found at once, with its place; what only
 * other tools would understand is a note, and says nothing here.
 */
export function checkTemplate(raw: RawTemplate): ReadTemplate {
  const unused = new Set(Object.keys(raw).filter((key) => !SECTIONS.includes(key)));
  const reading: Reading = { faults: [], unused };
  const { faults } = reading;
  const spot = { place: 'metadata', kind: 'metadata' };
  const metadata = shaped(METADATA, raw['metadata'] ?? {}, spot, reading);
  const parameters = readParameters(raw['parameters'] ?? {}, reading);
  const tasks = readTasks(raw['tasks'], reading);
  const names = new Names(parameters, reading);
  if (metadata !== null) {
    const { name, title, description, complexity } = metadata;
    names.check('metadata', { name, title, description, complexity });
  }
  for (const task of tasks) checkTask(task, names, reading);
  const notes = unused.size === 0 ? [] : [`not used: ${[...unused].join(', ')}`];
  if (metadata === null || faults.length > 0) return { template: null, faults, notes };
  const { name, version, description, title, author, category, tags, complexity } = metadata;
  const isFilled = parametersIn(complexity ?? '').length > 0;
  if (complexity != null && !isFilled && complexityOf(complexity) === null) {
    notes.push(`${complexity} is no complexity, and left out`);
  }
  const told = { name, version, description, title: title ?? name, author: author ?? null };
  const more = { category: category ?? null, tags: tags ?? [], complexity: complexity ?? null };
  return { template: { ...told, ...more, parameters, tasks }, faults, notes };
}

function readParameters(value: unknown, reading: Reading): readonly TemplateParameter[] {
  const { faults } = reading;
  const { parametersMax } = TEMPLATE_LIMITS;
  const entries = isObject(value) ? Object.entries(value) : null;
  if (entries !== null && entries.length <= parametersMax) {
    return entries.flatMap(([name, one]) => readParameter(name, one, reading) ?? []);
  }
  const amiss = entries === null ? 'is no object of parameters by their names' : 'has too many';
  faults.push({ place: 'parameters', message: `${amiss}; ${parametersMax} are the most` });
  return [];
}

function readParameter(name: string, value: unknown, reading: Reading): TemplateParameter | null {
  const place = placeIn('parameters', name);
  const { faults } = reading;
  if (!NAME.test(name)) {
    faults.push({ place, message: 'a name has letters, digits and `_`, and begins with no digit' });
  }
  const said = shaped(PARAMETER, value, { place, kind: 'parameters' }, reading);
  if (said === null) return null;
  const parameter: TemplateParameter = {
    ...{ name, type: said.type ?? 'string', description: said.description ?? null },
    ...{ required: said.required ?? true, default: said.default ?? undefined },
    ...{ pattern: said.pattern ?? null, allowed: said.allowed_values ?? said.enum ?? null },
    ...{ lengthMin: said.min_length ?? null, lengthMax: said.max_length ?? null },
    ...{ valueMin: said.min_value ?? said.min ?? null },
    ...{ valueMax: said.max_value ?? said.max ?? null },
  };
  // To read one costs its time: a file that is full of faults is told the first of them.
  if (parameter.pattern !== null && faults.length >= PATTERN_FAULTS_MAX) return parameter;
  const pattern = parameter.pattern === null ? null : readPattern(parameter.pattern);
  if (pattern?.ok === false) {
    faults.push({ place: `${place}.pattern`, message: pattern.message });
  } else if (parameter.default !== undefined) {
    const amiss = faultOfValue(parameter, parameter.default);
    if (amiss !== null) faults.push({ place: `${place}.default`, message: amiss });
  }
  return parameter;
}

function checkTask(
  { path, when, verify, ...task }: TemplateTask,
  names: Names,
  { faults }: Reading,
) {
  const place = placeIn('tasks', path);
  const { title, description, specialistType, estimatedEffort, priority } = task;
  names.check(place, { title, description });
  names.check(place, { specialist_type: specialistType, estimated_effort: estimatedEffort });
  names.check(place, { priority, labels: task.labels.join() });
  names.check(place, { acceptance: task.acceptance.join() });
  names.check(place, { when: when.map(({ parameter }) => `{{${parameter}}}`).join() });
  if (typeof verify !== 'string') {
    names.check(place, { verify: (verify ?? []).join() });
  } else if (parametersIn(verify).length > 0) {
    const message = 'give it as a list of words, so that a value stays one of them';
    faults.push({ place: `${place}.verify`, message });
  }
}

/** Every parameter that a text names must be one. */
class Names {
  readonly #names: ReadonlySet<string>;
  readonly #reading: Reading;

  constructor(parameters: readonly TemplateParameter[], reading: Reading) {
    this.#names = new Set(parameters.map(({ name }) => name));
    this.#reading = reading;
  }

  check(place: string, texts: Readonly<Record<string, string | null | undefined>>): void {
    for (const [field, text] of Object.entries(texts)) {
      for (const name of new Set(parametersIn(text ?? ''))) {
        if (this.#names.has(name)) continue;
        const { faults } = this.#reading;
        const hint = nearNames(name, this.#names, faults);
        const message = `there is no parameter ${shortName(name)}${hint}`;
        faults.push({ place: `${place}.${field}`, message });
      }
    }
  }
}
