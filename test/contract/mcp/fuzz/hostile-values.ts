import fc from 'fast-check';

/** Stands in arguments for what is written only on the wire: see `onTheWire`. */
const mark = (what: string, n: number): string => `‹${what} ${n}›`;

const TEXTS: readonly string[] = [
  ...['', ' ', '\t\n', '.', '..', '-', '0', '-1', 'NaN', 'Infinity', '1e999', 'null', 'undefined'],
  ...['[]', '{}', '[{"title":"J"}]', '{"title":"J"}', '"', '[{', 'true ', '0x10', '٣'],
  ...['\0', 'a\0b', '\u202Egnp.exe', '\u200B', '\uFEFF', '\u2028', 'e\u0301', '👩‍👩‍👧', 'ﬀ'],
  ...['\uD800', 'a\uDC00b', '\uDBFF\uDBFF', '\u001B[31mred', '\r\n', 'a\rb'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'],
  ...['../../etc/passwd', '/etc/passwd', '/nowhere/at/all', 'file:///etc/passwd', '~', './x'],
  ...['/dev/null', 'breakdown:', 'breakdown:../x', 'breakdown:breakdown:x', 'task://x', '%2e%2e'],
  ...["'; DROP TABLE task_queue; --", '%', '_', '%s%n', `\${x}`, '$(x)', '`x`', '*', '(a+)+$'],
  ...['1:x:1', '1::1', '0:0:0', '9:00000000-0000-7000-8000-000000000000:1', '1:x:99999999999999'],
  ...['eyJub3QiOiJhIGN1cnNvciJ9', 'W10', 'Wy0xXQ', 'WzFlOTld', 'bnVsbA', 'eyJfX3Byb3RvX18iOjF9'],
  ...['2026-01-31T12:00:00Z', '275760-09-13T00:00:00.001Z', '0000-00-00', 'P0', 'p1', 'done'],
];

const NUMBERS: readonly unknown[] = [
  ...[0, -0, 1, -1, 0.5, 100.0000001, 2 ** 31, -(2 ** 31), 2 ** 53, -(2 ** 53), 1e21, 1e-300],
  ...[1e308, '‹1e400›'],
];

const OTHERS: readonly unknown[] = [
  ...[null, true, false, {}, [], [null], [[]], [{}], { a: 1 }, [1, 'a', {}]],
  ...[JSON.parse('{"__proto__":{"polluted":true}}'), { constructor: { prototype: { a: 1 } } }],
  ...[{ toString: 1, valueOf: null, toJSON: 'x' }, { length: 3 }, JSON.parse('{"then":1}')],
];

/** Keys that no schema has, some of which mean something to JavaScript or to older servers. */
const KEYS: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '', ' ', 'a\0b'],
  ...['unheard_of', 'TASK_ID', 'task_id ', 'taskId', '_meta', 'complexity_level', 'artifact_type'],
  ...['legacy_artifacts', 'due_date', 'task_type', 'specialist_type', 'dependencies', 'context'],
  ...['estimated_effort', 'complexity', 'cleanup_type', 'force', 'graceful', 'validation_level'],
  ...['preserve_work', 'include_children', 'include_history', 'scope', 'archive_instead', 'status'],
];

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 1, arbitrary: fc.constantFrom(mark('big', 300), mark('big', 12_000)) },
);

export const hostileKey: fc.Arbitrary<string> = fc.constantFrom(...KEYS);

/** What may stand anywhere, and is wanted nowhere. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 10, arbitrary: hostileText },
  { weight: 4, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 4, arbitrary: fc.constantFrom(...OTHERS) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[mark('big', 250_000), mark('many', 200), mark('many', 20_000)],
      ...[mark('deep', 60), mark('deep', 50_000), mark('deepObject', 60)],
      ...[mark('deepObject', 20_000), mark('manyKeys', 5_000)],
    ),
  },
);

const WHOLE: Readonly<Record<string, (n: number) => string>> = {
  deep: (n) => `${'['.repeat(n)}${']'.repeat(n)}`,
  deepObject: (n) => `${'{"a":'.repeat(n)}1${'}'.repeat(n)}`,
  many: (n) => `[${Array.from({ length: n }, (_, at) => `"m${at}"`).join(',')}]`,
  manyKeys: (n) => `{${Array.from({ length: n }, (_, at) => `"k${at}":${at}`).join(',')}}`,
};

/** The text of a value as it is sent: what is too big, too deep or no JSON is put in here. */
export function onTheWire(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll(/"‹(deep|deepObject|many|manyKeys) (\d+)›"/g, (_, what: string, n: string) =>
      (WHOLE[what] as (n: number) => string)(Number(n)),
    )
    .replaceAll('"‹1e400›"', '1e400')
    .replaceAll(/‹big (\d+)›/g, (_, n: string) => 'x'.repeat(Number(n)));
}
