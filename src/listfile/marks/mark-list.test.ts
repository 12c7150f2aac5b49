import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TASK_STATUSES, type TaskStatus } from '../../domain/status.ts';
import { markOf } from '../../domain/tasklist/mark.ts';
import { parseList } from '../grammar/parse-list.ts';
import { type MarkListOptions, markList } from './mark-list.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const mark = (
  text: string,
  wanted: Readonly<Record<string, TaskStatus>>,
  options?: MarkListOptions,
) => {
  const marked = markList(encode(text), new Map(Object.entries(wanted)), options);
  return { ...marked, text: decode(marked.bytes) };
};

describe('marks of check boxes', () => {
  test.each([
    ['queued', '[ ]'],
    ['running', '[~]'],
    ['waiting', '[~]'],
    ['completed', '[x]'],
    ['failed', '[!]'],
    ['skipped', '[-]'],
    ['cancelled', '[-]'],
  ] as const)('a %s task shows as %s', (status, box) => {
    const from = status === 'queued' ? '[x]' : '[ ]';
    expect(mark(`- ${from} A-1: x`, { 'A-1': status }).text).toBe(`- ${box} A-1: x`);
  });

  test('padding, line ends, a byte order mark and escapes are kept', () => {
    const table = '| ID    | Täsk \\| y | Status |\r\n|---|---|---|\r\n|  A-1  | x  | [ ]    |';
    const text = `\uFEFF# Ü\r\n\r\n${table}`;
    expect(mark(text, { 'A-1': 'completed' }).text).toBe(text.replace('[ ]', '[x]'));
  });

  test('only the task is marked, not its steps, and not a second line of its id', () => {
    const text = '- [ ] A-1: x\n  - [ ] A-2: step\n- [ ] A-1: again\n';
    const { text: marked, missing } = mark(text, { 'A-1': 'completed', 'A-2': 'completed' });
    expect(marked).toBe('- [x] A-1: x\n  - [ ] A-2: step\n- [ ] A-1: again\n');
    expect(missing).toEqual(['A-2']);
  });

  test('a mark that is right already leaves the very bytes, `[X]` too', () => {
    const bytes = encode('- [X] A-1: x\n');
    const marked = markList(bytes, new Map([['A-1', 'completed']]));
    expect(marked.bytes).toBe(bytes);
    expect(marked.changed).toEqual([]);
  });

  test('empty brackets are filled', () => {
    expect(mark('- [] A-1: x', { 'A-1': 'failed' }).text).toBe('- [!] A-1: x');
  });

  test('what was changed is told, with its line', () => {
    const { changed, marks } = mark('# h\n\n- [~] A-1: x\n', { 'A-1': 'completed' });
    expect(changed).toEqual([{ taskId: 'A-1', from: 'running', to: 'completed', line: 3 }]);
    expect(marks).toEqual(new Map([['A-1', 'completed']]));
  });
});

describe('marks made by hand', () => {
  const knownMarks = new Map([['A-1', ['queued']]] as const);

  test('one that nobody has read yet is left for the next load', () => {
    const { text, handEdited } = mark('- [x] A-1: x', { 'A-1': 'running' }, { knownMarks });
    expect(text).toBe('- [x] A-1: x');
    expect(handEdited).toEqual(['A-1']);
  });

  test('the mark as last seen is replaced', () => {
    expect(mark('- [ ] A-1: x', { 'A-1': 'running' }, { knownMarks }).text).toBe('- [~] A-1: x');
  });
});

describe('lists with status words', () => {
  const list = (...statuses: readonly string[]): string =>
    `| ID | Status |\n|---|---|\n${statuses.map((word, at) => `| A-${at} | ${word} |\n`).join('')}`;

  test('the list’s own word is used, the most frequent one', () => {
    const text = list('Pending', 'Complete', 'Complete', 'Done');
    expect(mark(text, { 'A-0': 'completed' }).text).toContain('| A-0 | Complete |');
  });

  test.each([
    ['pending', 'completed', 'done'],
    ['PENDING', 'failed', 'FAILED'],
    ['not_started', 'running', 'in_progress'],
    ['todo', 'running', 'in progress'],
    ['⬜', 'completed', '✅'],
    ['Pending', 'running', 'In Progress'],
  ] as const)('beside %s, %s is written %s', (word, status, written) => {
    const text = list(word);
    expect(mark(text, { 'A-0': status }).text).toContain(`| A-0 | ${written} |`);
  });

  test('a padded column keeps its width', () => {
    const text = '| ID  | Status      |\n|-----|-------------|\n| A-1 | Pending     |\n';
    expect(mark(text, { 'A-1': 'completed' }).text).toBe(
      text.replace('Pending     ', 'Done        '),
    );
    expect(mark(text, { 'A-1': 'running' }).text).toBe(
      text.replace('Pending     ', 'In Progress '),
    );
  });

  test('an empty cell takes a box where boxes are used, and a word where words are', () => {
    expect(mark(list('', '[x]'), { 'A-0': 'completed' }).text).toContain('| A-0 | [x] |');
    expect(mark(list('', 'Complete'), { 'A-0': 'completed' }).text).toContain('| A-0 | Complete |');
  });

  test('a row without a place for a mark is told, and nothing is written', () => {
    const text = '| ID | Task |\n|---|---|\n| A-1 | x |\n';
    const { text: marked, noPlace } = mark(text, { 'A-1': 'completed' });
    expect(marked).toBe(text);
    expect(noPlace).toEqual(['A-1']);
  });
});

const anyText = fc.constantFrom(
  'plain',
  'Zür\\|ich 🎉',
  '`code`',
  '<!-- c -->',
  'a [ ] b',
  '[x] y',
);
const anyBox = fc.constantFrom('[ ]', '[x]', '[X]', '[~]', '[!]', '[-]');
const anyWord = fc.constantFrom('Pending', 'Done', 'In Progress', 'Failed', 'Skipped', 'done', '');
const anyPad = fc.constantFrom('', ' ', '   ');

function tableOf(cell: fc.Arbitrary<string>, prefix: string): fc.Arbitrary<string> {
  const row = fc.tuple(anyText, cell, anyPad);
  return fc.array(row, { maxLength: 5 }).map((rows) => {
    const body = rows.map(
      ([text, status, pad], at) => `|${pad} ${prefix}-${at} ${pad}| ${status} ${pad}| ${text} |\n`,
    );
    return `| ID | Status      | Task |\n|--|--|--|\n${body.join('')}`;
  });
}

function boxesOf(prefix: string): fc.Arbitrary<string> {
  const item = fc.tuple(fc.constantFrom('- ', '* ', '> - '), anyBox, anyText, fc.boolean());
  return fc.array(item, { maxLength: 5 }).map((items) =>
    items
      .map(([marker, box, text, labelled], at) => {
        const id = labelled ? `${prefix}-${at}: ` : '';
        return `${marker}${box} ${id}${text}\n\n`;
      })
      .join(''),
  );
}

const anyList = fc
  .tuple(
    tableOf(anyBox, 'TB'),
    tableOf(anyWord, 'TW'),
    boxesOf('CB'),
    fc.constantFrom('\n', '\r\n'),
    fc.constantFrom('', '\uFEFF'),
  )
  .map(([boxes, words, items, lineEnd, bom]) => {
    const text = `# Täsks\n\n## One\n\n${boxes}\n## Two\n\n${words}\n## Three\n\n${items}`;
    return bom + text.replaceAll('\n', lineEnd);
  });
const anyStatuses = fc.array(fc.constantFrom(...TASK_STATUSES), { minLength: 1, maxLength: 20 });

function wantedFor(text: string, statuses: readonly TaskStatus[]): ReadonlyMap<string, TaskStatus> {
  const { tasks } = parseList(encode(text)).document;
  return new Map(
    tasks.map((task, at) => [task.taskId, statuses[at % statuses.length] as TaskStatus]),
  );
}

describe('any list and any marks', () => {
  test('every wanted mark is there, and the tasks are otherwise the same', () => {
    fc.assert(
      fc.property(anyList, anyStatuses, (text, statuses) => {
        const wanted = wantedFor(text, statuses);
        const before = parseList(encode(text)).document;
        const marked = markList(encode(text), wanted);
        const after = parseList(marked.bytes).document;
        expect(after.tasks).toEqual(
          before.tasks.map((task) => ({
            ...task,
            mark: markOf(wanted.get(task.taskId) as TaskStatus),
          })),
        );
        expect(marked.missing).toEqual([]);
        expect(marked.noPlace).toEqual([]);
        expect(markList(marked.bytes, wanted).changed).toEqual([]);
      }),
    );
  });

  test('no byte outside the marks changes', () => {
    fc.assert(
      fc.property(anyList, anyStatuses, (text, statuses) => {
        const { places, source } = parseList(encode(text));
        const marked = decode(markList(encode(text), wantedFor(text, statuses)).bytes);
        // What stands between the places, in order, must stand in the result in that order.
        const spans = [...places.values()]
          .map((place) =>
            place.kind === 'box'
              ? { start: place.start, end: place.end }
              : { start: place.cellStart, end: place.cellEnd },
          )
          .sort((a, b) => a.start - b.start);
        let copied = 0;
        let pattern = source.byteOrderMark ? '\uFEFF' : '';
        for (const span of spans) {
          pattern += `${literal(source.text.slice(copied, span.start))}[^|\\n\\]]*?(?:\\[.\\] *)?`;
          copied = span.end;
        }
        pattern += literal(source.text.slice(copied));
        expect(marked).toMatch(new RegExp(`^${pattern}$`));
      }),
    );
  });

  test('in a list of boxes alone not even the length changes', () => {
    fc.assert(
      fc.property(boxesOf('CB'), anyStatuses, (text, statuses) => {
        const bytes = encode(text);
        const marked = markList(bytes, wantedFor(text, statuses));
        const differing = [...marked.bytes].filter((byte, at) => byte !== bytes[at]);
        expect(marked.bytes).toHaveLength(bytes.length);
        expect(differing).toHaveLength(marked.changed.length);
      }),
    );
  });
});

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

describe('marks of YAML', () => {
  test('a word that needs its quotes is not taken over to where there are none', () => {
    const quoted = "- id: T-1\n  title: x\n  status: 'in_progress[?]'\n";
    const text = `\`\`\`yaml\n${quoted}- {id: T-2, title: y, status: pending}\n\`\`\`\n`;
    expect(mark(text, { 'T-2': 'running' }).text).toBe(text.replace('pending', 'in progress'));
    const boxes = `- [ ] T-3: z\n\n\`\`\`yaml\n- {id: T-4, title: y, status: }\n\`\`\`\n`;
    const { text: marked } = mark(boxes, { 'T-4': 'completed' });
    expect(parseList(encode(marked)).document.tasks.at(-1)).toMatchObject({ mark: 'completed' });
  });
});
