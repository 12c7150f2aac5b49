import { quote } from 'shell-quote';
import { hasIdShape } from '../../domain/tasklist/task-id.ts';
import type { ClauseKey } from './clauses.ts';
import { type ColumnRole, nameOf, roleOf } from './columns.ts';
import { isSentence } from './command-words.ts';
import type { RawStep, Setting } from './raw-task.ts';
import { readStatusWord } from './status-cell.ts';
import type { Spot, YamlEntry, YamlMap, YamlNode, YamlText } from './yaml-tree.ts';

/** What the keys of one YAML map say of a task. */
export interface YamlFacts {
  readonly id: (YamlEntry & { readonly value: YamlText }) | null;
  /** Null where only `action` and `file` say what to do. */
  readonly text: (YamlEntry & { readonly value: YamlText }) | null;
  readonly status: YamlEntry | null;
  /** It has keys that hardly anything but a task has. */
  readonly hasWork: boolean;
  readonly settings: readonly Setting[];
  readonly steps: readonly RawStep[];
  readonly criteria: readonly string[];
  /** Every key that is not understood, and those from which a text may be made. */
  readonly fields: Readonly<Record<string, string>>;
  readonly spot: Spot;
}

export function yamlFacts(map: YamlMap): YamlFacts {
  const roles = rolesOf(map);
  const taken = new Set(roles.values());
  const rest = readRest(map.entries.filter((entry) => !taken.has(entry)));
  const settings = [...rest.settings];
  for (const role of SETTING_ROLES) {
    const value = roles.get(role)?.value;
    if (value === undefined || isEmpty(value)) continue;
    if (role === 'verify' && value.kind === 'text' && isSentence(value.text)) {
      rest.criteria.push(value.text);
      continue;
    }
    settings.push(settingOf(role === 'needs' && namesTasks(value) ? 'depends' : role, value));
  }
  const criteria = [...textsOf(roles.get('criteria')?.value), ...rest.criteria];
  const work = ['depends', 'priority', 'verify', 'criteria'] as const;
  return {
    ...{ id: filled(roles.get('id')), text: filled(roles.get('text')) },
    ...{ status: roles.get('status') ?? null, settings, steps: rest.steps, criteria },
    hasWork: work.some((role) => roles.has(role)) || rest.hasWork,
    ...{ fields: rest.fields, spot: map.spot },
  };
}

/** The value under the first of these keys that holds a list or a map. */
export function nestedAt(map: YamlMap, keys: ReadonlySet<string>): YamlNode | null {
  const found = map.entries.find(
    ({ name, value }) => value.kind !== 'text' && keys.has(nameOf(name)),
  );
  return found?.value ?? null;
}

/** A value on one line, as far as it can be: maps are `key: value; key: value`. */
export function plainText(node: YamlNode): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'list':
      return node.items.map(plainText).join(', ');
    case 'map':
      return node.entries.map(({ name, value }) => `${name}: ${plainText(value)}`).join('; ');
  }
}

const SETTING_ROLES = [
  'priority',
  'depends',
  'agent',
  'timeout',
  'verify',
  'needs',
  'onDepFailure',
] as const satisfies readonly (ColumnRole & ClauseKey)[];

const STEPS: ReadonlySet<string> = new Set(
  'steps|subtasks|sub tasks|checklist|requirements|instructions|implementation steps'.split('|'),
);
/** A command in a map, beside what is expected of it. */
const CHECKS: ReadonlySet<string> = new Set(
  'validation|verification|verify|test|check|acceptance test'.split('|'),
);
const COMMAND: ReadonlySet<string> = new Set(['command', 'cmd', 'run', 'script']);
const EXPECTED: ReadonlySet<string> = new Set(['expected', 'expect', 'expected output']);
const TIMEOUTS: Readonly<Record<string, string>> = {
  'timeout ms': 'ms',
  'timeout seconds': 's',
  'timeout sec': 's',
  'timeout minutes': 'm',
  'timeout min': 'm',
};

/** The best name of each role; a lone `action: CREATE` belongs to its `file`. */
function rolesOf(map: YamlMap): ReadonlyMap<ColumnRole, YamlEntry> {
  const best = new Map<ColumnRole, { readonly entry: YamlEntry; readonly rank: number }>();
  for (const entry of map.entries) {
    const found = roleOf(entry.name);
    const { kind } = entry.value;
    if (found === null || (kind === 'map' && found.role !== 'criteria')) continue;
    if (found.role === 'text' && (kind !== 'text' || isVerb(entry))) continue;
    const known = best.get(found.role);
    if (known === undefined || found.rank < known.rank) {
      best.set(found.role, { entry, rank: found.rank });
    }
  }
  return new Map([...best].map(([role, { entry }]) => [role, entry]));
}

function isVerb({ name, value }: YamlEntry): boolean {
  return nameOf(name) === 'action' && value.kind === 'text' && /^\w*$/.test(value.text);
}

interface Rest extends Pick<YamlFacts, 'settings' | 'steps' | 'criteria' | 'fields' | 'hasWork'> {
  readonly settings: Setting[];
  readonly steps: RawStep[];
  readonly criteria: string[];
  readonly fields: Record<string, string>;
  hasWork: boolean;
}

function readRest(entries: readonly YamlEntry[]): Rest {
  const rest: Rest = { settings: [], steps: [], criteria: [], fields: {}, hasWork: false };
  for (const entry of entries) {
    const { name, value } = entry;
    const plain = nameOf(name);
    const unit = TIMEOUTS[plain];
    if (plain === 'action') rest.hasWork = true;
    if (STEPS.has(plain) && value.kind === 'list') {
      for (const item of value.items) rest.steps.push(stepOf(item));
      rest.hasWork = true;
    } else if (CHECKS.has(plain) && value.kind === 'map') {
      readCheck(entry, value, rest);
    } else if (unit !== undefined && value.kind === 'text' && value.text !== '') {
      rest.settings.push({ ...settingOf('timeout', value), value: `${value.text}${unit}` });
    } else {
      keep(name, value, rest.fields);
    }
  }
  return rest;
}

/** `validation: {command: ..., expected: ...}`: Pawl runs it, and tells what is expected. */
function readCheck(entry: YamlEntry, check: YamlMap, rest: Rest): void {
  for (const { name, value } of check.entries) {
    const plain = nameOf(name);
    if (COMMAND.has(plain) && !isEmpty(value)) {
      rest.settings.push(settingOf('verify', value));
      rest.hasWork = true;
    } else if (EXPECTED.has(plain) && !isEmpty(value)) {
      rest.criteria.push(`the check gives: ${plainText(value)}`);
    } else {
      keep(`${entry.name}.${name}`, value, rest.fields);
    }
  }
}

/** A list is kept with one item a line, a map under its keys. */
function keep(name: string, value: YamlNode, fields: Record<string, string>): void {
  if (isEmpty(value)) return;
  if (value.kind === 'map') {
    for (const entry of value.entries) keep(`${name}.${entry.name}`, entry.value, fields);
  } else {
    const text = value.kind === 'list' ? textsOf(value).join('\n') : value.text;
    Object.defineProperty(fields, name, { value: text, enumerable: true, configurable: true });
  }
}

function stepOf(node: YamlNode): RawStep {
  if (node.kind !== 'map') return { text: plainText(node), done: false };
  const roles = rolesOf(node);
  const parts = [roles.get('id'), roles.get('text')].flatMap((entry) =>
    entry === undefined ? [] : [plainText(entry.value)],
  );
  const status = roles.get('status');
  const word = status === undefined ? '' : plainText(status.value);
  return {
    text: roles.has('text') ? parts.join(': ') : plainText(node),
    done: /^(?:true|yes)$/i.test(word) || readStatusWord(word) === 'completed',
  };
}

function settingOf(key: ClauseKey, value: YamlNode): Setting {
  const { line, column, start, end } = (value.kind === 'text' ? value.inner : null) ?? value.spot;
  const text = key === 'verify' ? commandOf(value) : plainText(value);
  return { key, value: text, line, column, length: end - start, yaml: true };
}

/** `[npm, test]` is one command; `[npm test, npm run lint]` are two, one behind the other. */
function commandOf(value: YamlNode): string {
  const words = textsOf(value);
  if (value.kind !== 'list') return words.join(' ');
  const several = words.length > 1 && words.every((word) => /\s/.test(word));
  return several ? words.join(' && ') : quote([...words]);
}

/** `needs: [A-1]` names tasks, as in the files of many tools; `needs: gpu` does not. */
function namesTasks(value: YamlNode): boolean {
  const words = textsOf(value).flatMap((text) => text.split(/[\s,]+/));
  return words.length > 0 && words.every((word) => hasIdShape(word));
}

function textsOf(node: YamlNode | undefined): readonly string[] {
  if (node === undefined || isEmpty(node)) return [];
  return node.kind === 'list'
    ? node.items.filter((item) => !isEmpty(item)).map(plainText)
    : [plainText(node)];
}

function isEmpty(node: YamlNode): boolean {
  switch (node.kind) {
    case 'text':
      return node.text === '';
    case 'list':
      return node.items.every(isEmpty);
    case 'map':
      return node.entries.length === 0;
  }
}

function filled(entry: YamlEntry | undefined): (YamlEntry & { value: YamlText }) | null {
  if (entry === undefined || entry.value.kind !== 'text' || entry.value.text === '') return null;
  return { ...entry, value: entry.value };
}
