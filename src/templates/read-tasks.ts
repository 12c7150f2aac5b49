import { z } from 'zod';
import { findCycle } from '../domain/graph.ts';
import { nearNames, shortName } from './near-names.ts';
import { isObject, placeIn } from './parse-template.ts';
import { type Reading, shaped } from './shape.ts';
import { type Condition, isTemplateId, TEMPLATE_LIMITS, type TemplateTask } from './template.ts';

const TEXT = z.string().trim().min(1);
const WORDS = z.union([TEXT, z.number()], 'is neither a text nor a number').transform(String);
const ONE_OR_MORE = z.union([TEXT.transform((one) => [one]), z.array(TEXT)], 'is no list of texts');
const LIST = ONE_OR_MORE.nullish();
const SCALAR = z.union([z.string(), z.number(), z.boolean()]);

const TASK = z.object({
  ...{ title: TEXT, description: z.string().nullish(), specialist_type: TEXT.nullish() },
  ...{ estimated_effort: WORDS.nullish(), priority: TEXT.nullish(), labels: LIST },
  ...{ acceptance: LIST, checklist: LIST, dependencies: LIST },
  verify: z.union([TEXT, z.array(z.string()).min(1)], 'is no command').nullish(),
  when: z
    .union(
      [TEXT, z.record(z.string(), z.union([SCALAR, z.array(SCALAR)]))],
      'is neither "parameter", "!parameter" nor { parameter: value }',
    )
    .nullish(),
  children: z.unknown().optional(),
});

interface Draft {
  readonly path: string;
  readonly name: string;
  readonly parent: Draft | null;
  readonly said: z.infer<typeof TASK>;
}

/**
 * The tasks of a template, those that lie in others before these. A task waits for those that lie
 * in it; these wait for whatever it waits for otherwise.
 */
export function readTasks(value: unknown, reading: Reading): readonly TemplateTask[] {
  const { faults } = reading;
  const drafts = [...draftsIn(value ?? {}, null, reading)];
  const { tasksMax } = TEMPLATE_LIMITS;
  if (drafts.length > tasksMax) {
    faults.push({ place: 'tasks', message: `${drafts.length} tasks; ${tasksMax} are the most` });
    return [];
  }
  if (drafts.length === 0 && faults.length === 0) {
    faults.push({ place: 'tasks', message: 'there is no task' });
  }
  const family = new Family(drafts, reading);
  const tasks = drafts.map((draft) => taskOf(draft, family));
  const cycle = findCycle(new Map(tasks.map(({ path, waitsFor }) => [path, waitsFor])));
  if (cycle !== null) {
    const path = cycle.slice(0, CYCLE_TOLD_MAX).map(shortName).join(' waits for ');
    const message = cycle.length > CYCLE_TOLD_MAX ? `${path} waits for …` : path;
    faults.push({ place: 'tasks', message });
  }
  return tasks;
}

const placeOf = (path: string): string => placeIn('tasks', path);

function* draftsIn(value: unknown, parent: Draft | null, reading: Reading): Generator<Draft> {
  if (!isObject(value)) {
    const place = parent === null ? 'tasks' : `${placeOf(parent.path)}.children`;
    reading.faults.push({ place, message: 'is no object of tasks by their keys' });
    return;
  }
  for (const [name, one] of Object.entries(value)) {
    const path = parent === null ? name : `${parent.path}.${name}`;
    const place = placeOf(path);
    if (!isTemplateId(name)) {
      reading.faults.push({ place, message: 'a key has letters, digits, `_` and `-`' });
    }
    const said = shaped(TASK, one, { place, kind: 'tasks' }, reading);
    if (said === null) continue;
    const draft = { path, name, parent, said };
    yield* draftsIn(said.children ?? {}, draft, reading);
    yield draft;
  }
}

const NAMESAKES_MAX = 5;
const CYCLE_TOLD_MAX = 10;

/** Who lies in whom, and who is meant by a name. */
class Family {
  readonly #byPath: ReadonlyMap<string, Draft>;
  readonly #byName: ReadonlyMap<string, readonly Draft[]>;
  readonly #children: ReadonlyMap<Draft | null, readonly Draft[]>;
  /** What each task itself names, as paths. */
  readonly #named: ReadonlyMap<Draft, readonly string[]>;

  constructor(drafts: readonly Draft[], reading: Reading) {
    this.#byPath = new Map(drafts.map((draft) => [draft.path, draft]));
    this.#byName = Map.groupBy(drafts, ({ name }) => name);
    this.#children = Map.groupBy(drafts, ({ parent }) => parent);
    this.#named = new Map(drafts.map((draft) => [draft, this.#resolve(draft, reading)]));
  }

  isUnique({ name }: Draft): boolean {
    return this.#byName.get(name)?.length === 1;
  }

  waitsFor(draft: Draft): readonly string[] {
    const found = new Set(this.#named.get(draft));
    for (const child of this.#children.get(draft) ?? []) found.add(child.path);
    for (let { parent } = draft; parent !== null; { parent } = parent) {
      // What a task names of its own inside is no reason for the rest of it to wait.
      const within = `${parent.path}.`;
      for (const path of this.#named.get(parent) ?? [])
        if (!path.startsWith(within)) found.add(path);
    }
    return [...found];
  }

  #resolve(draft: Draft, { faults }: Reading): readonly string[] {
    return (draft.said.dependencies ?? []).flatMap((name) => {
      const meant = this.#meant(name, draft);
      if (meant !== null) return [meant.path];
      const place = `${placeOf(draft.path)}.dependencies`;
      const several = (this.#byName.get(name) ?? []).map(({ path }) => shortName(path));
      const which = several.slice(0, NAMESAKES_MAX).join(' or ');
      const message =
        several.length > 1
          ? `several are called ${shortName(name)}: ${which}`
          : `no task is called ${shortName(name)}${nearNames(name, this.#byName.keys(), faults)}`;
      faults.push({ place, message });
      return [];
    });
  }

  /** A path, else a sibling, else one beside a task it lies in, else the only one of that name. */
  #meant(name: string, draft: Draft): Draft | null {
    const byPath = this.#byPath.get(name);
    if (byPath !== undefined) return byPath;
    const named = this.#byName.get(name) ?? [];
    for (let at: Draft | null = draft; at !== null; at = at.parent) {
      const { parent } = at;
      const beside = named.find((one) => one.parent === parent && one !== draft);
      if (beside !== undefined) return beside;
    }
    return named.length === 1 ? (named[0] ?? null) : null;
  }
}

function taskOf(draft: Draft, family: Family): TemplateTask {
  const { path, name, parent, said } = draft;
  return {
    ...{ path, parent: parent?.path ?? null, key: family.isUnique(draft) ? name : path },
    ...{ title: said.title, description: said.description ?? null },
    ...{ specialistType: said.specialist_type ?? null },
    ...{ estimatedEffort: said.estimated_effort ?? null, priority: said.priority ?? null },
    ...{ labels: said.labels ?? [], acceptance: said.acceptance ?? said.checklist ?? [] },
    ...{ verify: said.verify ?? null, when: conditionsOf(said.when ?? {}) },
    waitsFor: family.waitsFor(draft),
  };
}

function conditionsOf(when: NonNullable<Draft['said']['when']>): readonly Condition[] {
  if (typeof when === 'string') {
    const negated = when.startsWith('!');
    return [{ parameter: negated ? when.slice(1).trim() : when, negated, anyOf: null }];
  }
  return Object.entries(when).map(([parameter, value]) => ({
    ...{ parameter, negated: false, anyOf: Array.isArray(value) ? value : [value] },
  }));
}
