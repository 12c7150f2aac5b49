import { describe, expect, test } from 'vitest';
import { FINDINGS_MAX, parseList, TASKS_MAX } from './parse-list.ts';
import { COLUMNS_MAX } from './read-table.ts';
import { LIST_DEPTH_MAX } from './stray-lines.ts';
import { YAML_CHARS_MAX, YAML_DEPTH_MAX } from './yaml-tree.ts';

const parse = (list: string) => parseList(new TextEncoder().encode(list)).document;
const messages = (list: string) => parse(list).findings.map(({ message }) => message);
const yaml = (rest: string) => `\`\`\`yaml\nid: A-1\ntitle: x\n${rest}\n\`\`\`\n`;

describe('a limit with a name', () => {
  test('tasks', { timeout: 60_000 }, () => {
    const list = (count: number) => '- [ ] x\n'.repeat(count);
    expect(() => parse(list(TASKS_MAX + 1))).toThrow(
      expect.objectContaining({ code: 'list_too_large' }),
    );
    expect(parse(list(100)).tasks).toHaveLength(100);
  });

  test('columns', () => {
    const table = (columns: number) =>
      [
        `| ID | Task ${'| c '.repeat(columns - 2)}|`,
        `|${'-|'.repeat(columns)}`,
        '| A-1 | x |\n',
      ].join('\n');
    expect(parse(table(COLUMNS_MAX)).tasks).toHaveLength(1);
    expect(messages(table(COLUMNS_MAX + 1))).toContain(
      `this table has over ${COLUMNS_MAX} columns, and is not read`,
    );
  });

  test('lists inside lists', () => {
    const nested = (depth: number) =>
      Array.from({ length: depth }, (_, at) => `${'  '.repeat(at)}- [ ] step ${at}\n`).join('');
    expect(parse(nested(LIST_DEPTH_MAX)).findings).toEqual([]);
    expect(parse(nested(LIST_DEPTH_MAX)).tasks[0]?.steps).toHaveLength(LIST_DEPTH_MAX - 1);
    const deeper = parse(nested(LIST_DEPTH_MAX + 5));
    expect(deeper.findings).toMatchObject([{ line: LIST_DEPTH_MAX + 1, code: 'row_not_taken' }]);
  });

  test('characters and levels of a YAML block', () => {
    expect(parse(yaml(`a: ${'x'.repeat(1_000)}`)).tasks).toHaveLength(1);
    const long = parse(yaml(`a: ${'x'.repeat(YAML_CHARS_MAX)}`)).findings;
    expect(long).toContainEqual(expect.objectContaining({ code: 'yaml_invalid' }));
    const flow = (levels: number) => yaml(`a: ${'['.repeat(levels)}${']'.repeat(levels)}`);
    expect(parse(flow(YAML_DEPTH_MAX - 5)).tasks).toHaveLength(1);
    const deep = parse(flow(YAML_DEPTH_MAX + 1)).findings;
    expect(deep).toContainEqual(
      expect.objectContaining({ code: 'yaml_invalid', line: 4, column: 4 + YAML_DEPTH_MAX }),
    );
  });

  test('findings, of which no error is lost', () => {
    const doubles = Array.from({ length: FINDINGS_MAX + 10 }, (_, at) =>
      `- [ ] A-${at}: x\n`.repeat(2),
    );
    const { findings } = parse(`${doubles.join('')}- [ ] B-1: verify: a|b\n`);
    expect(findings).toHaveLength(FINDINGS_MAX + 1);
    expect(findings.at(-1)).toMatchObject({ severity: 'error' });
  });
});

test('what stands in code and quotes, or over several lines, is found where it is', () => {
  const placesIn = (list: string) =>
    parse(list).findings.map(({ line, column, length }) => [line, column, length]);
  expect(placesIn('- [ ] A-1: x\n\nend\n\n\t- [ ] y\n')).toEqual([[5, 2, 7]]);
  expect(placesIn('- [ ] A-1: x\n\n> text\n> | B-1 | [ ] |\n')).toEqual([[4, 3, 13]]);
  const broken = '```yaml\nid: A-1\ntitle: x\n? [a,\n  b, c]\n: d\n```\n';
  expect(placesIn(broken)).toContainEqual([4, 3, 3]);
});

/** Long enough that a reader whose time grows with the square would take minutes. */
const LENGTH = 300_000;
const DEADLINE_MS = 20_000;
const filled = (piece: string, length = LENGTH) => piece.repeat(Math.ceil(length / piece.length));

test.each([
  ...['|', '[', '- [ ] ', '>', '*', '`', '- ', '+ - * ', '_', '- [ ] \n', '> > >\n', '<!--'],
  ...['| A ', '## A-1: x\n', '## T\n### U\nStatus: done\n', 'a\n=\n', '1. A-1: x\n', '\r', '\t'],
])('%j again and again is read in time', { timeout: DEADLINE_MS }, (piece) => {
  const { tasks, findings } = parse(filled(piece));
  expect(tasks.length + findings.length).toBeGreaterThan(0);
});

test.each(['日本', 'a', '- ', '`', '*'])(
  '%j again and again where an id belongs is read in time',
  { timeout: DEADLINE_MS },
  (piece) => {
    const row = `| ${filled(piece)} b | x |  |\n`;
    const { tasks, findings } = parse(`| ID | Task | Status |\n|--|--|--|\n${row}`);
    expect(tasks.length + findings.length).toBeGreaterThan(0);
  },
);

test.each([
  ...['depends: ', '(depends on ', '(depends on A-1) ', '[', '[A-1](', '(', '📅 ', '1.', ':', '`'],
])('%j again and again behind a box is read in time', { timeout: DEADLINE_MS }, (piece) => {
  expect(parse(`- [ ] x ${filled(piece)}\n`).tasks).toHaveLength(1);
});

const BLANK = filled('\t\u00a0\u2028 ');
test.each([
  ...[`## a${BLANK}b`, `a${BLANK}b`, `- a${BLANK}b\n  - [ ] b`, `- [ ] x needs: a${BLANK}b`],
  ...[`- [ ] x priority: a${BLANK}b`, `- [ ] x depends: A-1${BLANK}b`, `- [ ] x ⛔ A${BLANK}b`],
  ...[`| ID | Task | Depends |\n|-|-|-|\n| a${BLANK}b | c${BLANK}d | e${BLANK}f |`],
  ...[`## T-1: x\n\nStatus${BLANK}b\n- [ ] c`, `- [ ] x\n  - depends: ${BLANK}*${BLANK}`],
  `- [ ] x\n  - depends: ${filled('*')}\u2028`,
])('white space without an end, in another place each, is read in time', (piece) => {
  const before = process.threadCpuUsage().user;
  expect(parse(`# T\n\n- [ ] x\n\n${piece}\n`).tasks.length).toBeGreaterThan(0);
  expect((process.threadCpuUsage().user - before) / 1_000).toBeLessThan(DEADLINE_MS);
});

test('lines of emphasis without a text, below a heading, are read in time', () => {
  const list = `# T\n\n## T-1: x\n\n${filled('_\n')}\n\n- [ ] a\n`;
  expect(parse(list).tasks).toMatchObject([{ taskId: 'T-1' }]);
});

test('a command in very many ticks is read in time', () => {
  expect(parse(`- [ ] x verify: ${filled('`')}a\n`).tasks).toHaveLength(1);
  for (const ticks of ['`', '``']) {
    const [task] = parse(`- [ ] x verify: ${ticks}npm test${ticks}.\n`).tasks;
    expect(task?.verify).toEqual(['npm', 'test']);
  }
});

test.each([
  ['the parser', ']\n', '#\n', 'Unexpected'],
  ['the composer', '- : :\n', '- a\n', 'Nested mappings'],
])(
  'YAML with thousands of faults for %s is read in time, for the first one is enough',
  (_of, faulty, right, message) => {
    const timeOf = (line: string, found: string): number => {
      const list = `\`\`\`yaml\n- id: setup\n  title: x\n${line.repeat(40_000)}\`\`\`\n`;
      const began = process.threadCpuUsage().user;
      expect(messages(list)[1]).toContain(found);
      return process.threadCpuUsage().user - began;
    };
    timeOf('', 'has no status');
    const limit = 2.5 * timeOf(right, 'has no status') + 50_000;
    expect(timeOf(faulty, message)).toBeLessThan(limit);
  },
);

test('YAML of colons behind a key that is no key is refused, and overflows no stack', () => {
  const colons = yaml(`x${filled('--<!', 400)}${filled(': ', 8_000)}--<!`);
  const message = `nested deeper than ${YAML_DEPTH_MAX} levels`;
  expect(messages(colons)).toContainEqual(expect.stringContaining(message));
  const flow = yaml(`a: {${Array.from({ length: 200 }, (_, at) => `k${at}: v`).join(', ')}}`);
  expect(parse(flow).tasks).toHaveLength(1);
});

test.each(['[', '{', '- ', '? ', '"', ': ', '&a ', '*a ', '---\n', 'a: &a [*a]\n', '%a\n'])(
  '%j again and again in YAML is read in time',
  { timeout: DEADLINE_MS },
  (piece) => {
    const { tasks, findings } = parse(yaml(`a: ${filled(piece, LENGTH / 4)}`));
    expect(tasks.length + findings.length).toBeGreaterThan(0);
  },
);
