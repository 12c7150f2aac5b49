import fc from 'fast-check';
import { hostileKey, hostileText, hostileValue } from './hostile-values.ts';
import { NAME_FORMS, reference } from './known-names.ts';

export interface FuzzCall {
  readonly tool: string;
  readonly args: unknown;
}

/** As far as JSON Schema is used for arguments. */
export interface ArgumentSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, ArgumentSchema>>;
  readonly required?: readonly string[];
  readonly items?: ArgumentSchema;
  readonly anyOf?: readonly ArgumentSchema[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface FuzzedTool {
  readonly name: string;
  readonly inputSchema: ArgumentSchema;
  readonly annotations?:
    | { readonly readOnlyHint?: boolean; readonly openWorldHint?: boolean }
    | undefined;
}

/** Calls of any of these tools: valid ones, and ones with up to three faults. */
export function anyCall(tools: readonly FuzzedTool[]): fc.Arbitrary<FuzzCall> {
  return fc.oneof(...tools.map(callOf));
}

function callOf({ name: tool, inputSchema }: FuzzedTool): fc.Arbitrary<FuzzCall> {
  const spoils = fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 4, arbitrary: fc.array(spoil, { minLength: 1, maxLength: 1 }) },
    { weight: 2, arbitrary: fc.array(spoil, { minLength: 2, maxLength: 3 }) },
  );
  return fc
    .tuple(objectOf(inputSchema), spoils)
    .map(([args, faults]) => ({ tool, args: faults.reduce(spoilt, args) }));
}

const OPTIONAL_MAX = 4;
/** Few calls name a folder: most are to meet in one project. */
const RARE = 'working_directory';

function objectOf({ properties = {}, required = [] }: ArgumentSchema): fc.Arbitrary<unknown> {
  const optional = Object.keys(properties).filter((key) => !required.includes(key));
  const often = optional.filter((key) => key !== RARE);
  const chosen = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.subarray(often, { maxLength: Math.min(OPTIONAL_MAX, often.length) }),
    },
    { weight: 1, arbitrary: fc.subarray(optional) },
  );
  return chosen.chain((keys) =>
    fc.record(
      Object.fromEntries(
        [...required, ...keys].map((key) => [key, anyValue(properties[key] ?? {}, key)]),
      ),
    ),
  );
}

function anyValue(schema: ArgumentSchema, key: string): fc.Arbitrary<unknown> {
  const { type, items = {}, anyOf, enum: words, minimum = -1e6, maximum = 1e6 } = schema;
  if (words !== undefined) return fc.constantFrom(...words);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => anyValue(one, key)));
  switch (type ?? 'any') {
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.constantFrom(minimum, Math.min(maximum, Number.MAX_SAFE_INTEGER)),
        fc.integer({ min: Math.ceil(minimum), max: Math.min(Math.floor(maximum), 1e6) }),
      );
    case 'array':
      return fc.array(anyValue(items, key), { maxLength: 4 });
    case 'object':
      return objectOf(schema);
    case 'string':
      return textOf(key);
    default:
      return hostileValue;
  }
}

/** Commands that may really be run. */
const CHECKS = ['true', 'false', 'true --quietly', 'no-such-program-here', 'true | cat', ''];

const WORDS: readonly string[] = [
  ...['implementer', 'tester', 'architect', 'P1', 'P3', 'queued', 'ready', 'completed', 'waiting'],
  ...['cancelled', 'skipped', 'a', 'b', 'x-1', 'notes.md', 'src/kept.txt', 'claude', 'codex'],
  ...['2026-01-31', 'One line', 'Two\nlines', '# A heading\n\n| a | b |', 'Zwölf Boxkämpfer 🥊'],
];

/** A text for an argument of this name: what answers gave under it, words, or something odd. */
function textOf(key: string): fc.Arbitrary<string> {
  if (key === 'verify') return fc.constantFrom(...CHECKS);
  const named = (kind: string) =>
    fc
      .tuple(fc.nat(KNOWN_MAX), fc.constantFrom(...NAME_FORMS))
      .map(([n, form]) => reference(kind, n, form));
  const plain = fc.nat(KNOWN_MAX).map((n) => reference(key, n));
  const isName = /_id$|^(claim|cursor|list|dependencies|working_directory|path)$/.test(key);
  return fc.oneof(
    { weight: isName ? 12 : 1, arbitrary: plain },
    { weight: isName ? 2 : 0, arbitrary: named(key) },
    { weight: 1, arbitrary: named('any') },
    { weight: isName ? 1 : 12, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 2, arbitrary: hostileText },
  );
}

const KNOWN_MAX = 10_000;

type Spoil =
  | {
      readonly kind: 'set' | 'add';
      readonly at: number;
      readonly key: string;
      readonly to: unknown;
    }
  | { readonly kind: 'drop' | 'wrap' | 'say'; readonly at: number };

/** Each names its place by a number, and means the one at that number modulo how many there are. */
const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  { weight: 6, arbitrary: changing('set') },
  { weight: 2, arbitrary: changing('add') },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('drop', 'wrap', 'say'), at: fc.nat(KNOWN_MAX) }),
  },
);

function changing(kind: 'set' | 'add'): fc.Arbitrary<Spoil> {
  const at = fc.nat(KNOWN_MAX);
  return fc.record({ kind: fc.constant(kind), at, key: hostileKey, to: hostileValue });
}

type Path = readonly (string | number)[];

function spoilt(args: unknown, fault: Spoil): unknown {
  if (fault.kind === 'add') {
    const open = pathsIn(args).filter((path) => isOpen(valueAt(args, path)));
    const path = open[fault.at % open.length] ?? [];
    return replaced(args, [...path, fault.key], () => fault.to);
  }
  const paths = pathsIn(args).slice(1);
  const path = paths[fault.at % paths.length];
  if (path === undefined) return args;
  switch (fault.kind) {
    case 'set':
      return replaced(args, path, () => fault.to);
    case 'wrap':
      return replaced(args, path, (value) => [value]);
    case 'say':
      return replaced(args, path, (value) => JSON.stringify(value));
    case 'drop':
      return replaced(args, path, () => undefined);
  }
}

/** Every place in a value, its own first. */
function pathsIn(value: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(value)) {
    return [path, ...value.flatMap((one, at) => pathsIn(one, [...path, at]))];
  }
  if (!isOpen(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsIn(one, [...path, key]))];
}

function isOpen(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((one, key) => (one as Record<string | number, unknown>)[key], value);
}

function replaced(value: unknown, path: Path, by: (old: unknown) => unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by(value);
  if (Array.isArray(value)) {
    return value.flatMap((one, at) => {
      if (at !== key) return [one];
      const now = replaced(one, rest, by);
      return now === undefined ? [] : [now];
    });
  }
  const entries = new Map(Object.entries(value as object));
  const now = replaced(entries.get(String(key)), rest, by);
  entries.delete(String(key));
  if (now !== undefined) entries.set(String(key), now);
  return Object.fromEntries(entries);
}
