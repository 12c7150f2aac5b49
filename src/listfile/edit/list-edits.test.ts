import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testDepth } from '../../../test/support/test-depth.ts';
import { isPawlError } from '../../domain/errors.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { parseList } from '../grammar/parse-list.ts';
import { addTask, type NewTask } from './add-task.ts';
import { editTask, type TaskWish } from './edit-task.ts';

const runs = { numRuns: testDepth.pick({ reduced: 150, full: 3_000 }) };

const word = fc.constantFrom('Write', 'the', 'orders', 'API', 'tests', 'für', '注文', 'a|b', 'x');
const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '));
const priority = fc.constantFrom('P1', 'P2', 'P3', 'P4');

interface Row {
  readonly text: string;
  readonly priority: string;
  readonly after: readonly number[];
  readonly done: boolean;
}

/** Rows wait for earlier ones, so that there is no cycle. */
const rows: fc.Arbitrary<readonly Row[]> = fc
  .array(
    fc.record({ text, priority, after: fc.array(fc.nat(5), { maxLength: 2 }), done: fc.boolean() }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => all.map((row, index) => ({ ...row, after: row.after.filter((at) => at < index) })));

const shape = fc.record({
  rows,
  padded: fc.boolean(),
  words: fc.boolean(),
  quoted: fc.boolean(),
  clauses: fc.constantFrom('bare', 'code', 'brackets'),
  bullet: fc.constantFrom('-', '*', '+', '1.', '- \t'),
  frame: fc.constantFrom('ID: ', '**ID**: ', '`ID` ', '**ID:** ', 'ID - '),
  crlf: fc.boolean(),
  bom: fc.boolean(),
  open: fc.boolean(),
});
type Shape = typeof shape extends fc.Arbitrary<infer S> ? S : never;

const idOf = (index: number): string => `A-${String(index + 1).padStart(3, '0')}`;
const idsOf = ({ after }: Row): readonly string[] => [...new Set(after)].map(idOf);

function finished(lines: readonly string[], { crlf, bom, open }: Shape): Uint8Array {
  const all = ['# Work', '', ...lines, ...(open ? [] : [''])];
  return new TextEncoder().encode((bom ? '\uFEFF' : '') + all.join(crlf ? '\r\n' : '\n'));
}

function table(made: Shape): Uint8Array {
  const { words, quoted, padded } = made;
  const PRIORITIES = ['Critical', 'Medium', 'Low', 'Lowest'];
  const cells = made.rows.map((row, index) => [
    quoted ? `**${idOf(index)}**` : idOf(index),
    row.text.replaceAll('|', '\\|'),
    words ? (PRIORITIES[Number(row.priority[1]) - 1] as string) : row.priority,
    idsOf(row).join(', ') || (words ? '-' : ''),
    words ? (row.done ? 'Done' : 'Todo') : row.done ? '[x]' : '[ ]',
  ]);
  const head = ['ID', 'Task', 'Priority', 'Depends on', 'Status'];
  const widths = head.map((name, column) =>
    padded ? Math.max(...[name, ...cells.map((row) => row[column] ?? '')].map((c) => c.length)) : 0,
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const dashes = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return finished([line(head), dashes, ...cells.map(line)], made);
}

function boxes(made: Shape): Uint8Array {
  const WRAPS = { bare: ['', ''], code: ['`', '`'], brackets: ['(', ')'] } as const;
  const [open, close] = WRAPS[made.clauses];
  const lines = made.rows.map((row, index) => {
    const ids = idsOf(row).join(', ');
    const clause = ids === '' ? '' : ` ${open}depends: ${ids}${close}`;
    const frame = made.frame.replace('ID', idOf(index));
    const bullet = made.bullet === '1.' ? `${index + 1}.` : made.bullet;
    return `${bullet} [${row.done ? 'x' : ' '}] ${frame}${row.text} (${row.priority})${clause}`;
  });
  return finished(lines, made);
}

const list = fc.oneof(shape.map(table), shape.map(boxes));

function linesOf(bytes: Uint8Array): readonly string[] {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split(/(?<=\n)/);
}

/** Everything of a task but where it stands. */
function content({ line: _line, position: _position, ...rest }: ListTask): unknown {
  return rest;
}

function newTask(wish: Partial<NewTask>): NewTask {
  return { text: 'x', place: {}, settings: {}, steps: [], ignoreMissing: false, ...wish };
}

function taskWish(wish: Partial<TaskWish>): TaskWish {
  return { taskId: 'A-001', settings: {}, place: {}, ignoreMissing: false, ...wish };
}

describe('a task is added', () => {
  test('as one line, exactly as wished, and every other task stays what it is', () => {
    const settings = fc.record({ priority, waits: fc.boolean(), timeout: fc.boolean() });
    fc.assert(
      fc.property(list, text, settings, fc.nat(6), (bytes, words, set, at) => {
        const before = parseList(bytes).document.tasks;
        const beside = before[at % before.length] as ListTask;
        const depends = set.waits ? { depends: beside.taskId.toLowerCase() } : {};
        const timeout = set.timeout ? { timeout: '20m' } : {};
        const wish = newTask({
          text: words,
          settings: { priority: set.priority, ...depends, ...timeout },
          place: at % 2 === 0 ? {} : { after: beside.taskId },
        });
        const { bytes: made, task } = addTask(bytes, wish);
        expect(task).toMatchObject({
          taskId: idOf(before.length),
          description: words,
          priority: set.priority,
          dependencies: set.waits ? [beside.taskId] : [],
          timeoutMs: set.timeout ? 1_200_000 : null,
          mark: 'queued',
        });
        const after = parseList(made).document.tasks;
        expect(after.filter((one) => one.taskId !== task.taskId).map(content)).toEqual(
          before.map(content),
        );
        const [old, now] = [linesOf(bytes).map(bare), linesOf(made).map(bare)];
        expect(now.toSpliced(task.line - 1, 1)).toEqual(old);
      }),
      runs,
    );
  });

  test('whatever its text is: read back as it is, or refused', () => {
    const odd = fc.constantFrom(
      ...['|', '\\', '`', '**', '[x]', '[ ]', '(P1)', 'depends: A-001', 'agent:', '<!--', '-->'],
      ...['A-9:', '~2', '&amp;', '# x', '- y', '1.', '\t', '[a](b)', '---', '\u00a0', '”', '🔥'],
    );
    const strange = fc.array(fc.oneof(odd, word), { minLength: 1, maxLength: 5 });
    let written = 0;
    fc.assert(
      fc.property(list, strange, (bytes, words) => {
        const wished = words.join(' ');
        try {
          const { bytes: made, task } = addTask(bytes, newTask({ text: wished }));
          written += 1;
          const found = parseList(made).document.tasks.find((one) => one.taskId === task.taskId);
          expect(found?.description).toBe(wished.trim().replace(/\s+/g, ' '));
        } catch (error) {
          if (!isPawlError(error, 'list_edit_refused') && !isPawlError(error, 'usage')) throw error;
        }
      }),
      runs,
    );
    expect(written).toBeGreaterThan(runs.numRuns / 3);
  });
});

describe('a task is edited', () => {
  test('in its own line alone, and back again to the very bytes', () => {
    fc.assert(
      fc.property(list, fc.nat(5), text, priority, (bytes, at, words, urgent) => {
        const before = parseList(bytes).document.tasks;
        const task = before[at % before.length] as ListTask;
        const { taskId } = task;
        const there = editTask(bytes, taskWish({ taskId, text: words }));
        const further = editTask(there.bytes, taskWish({ taskId, settings: { priority: urgent } }));
        expect(further.task).toMatchObject({ description: words, priority: urgent });
        const [old, now] = [linesOf(bytes), linesOf(further.bytes)];
        expect(now.toSpliced(task.line - 1, 1)).toEqual(old.toSpliced(task.line - 1, 1));
        const back = taskWish({
          taskId,
          text: task.description,
          settings: { priority: task.priority },
        });
        expect(linesOf(editTask(further.bytes, back).bytes)).toEqual(old);
      }),
      runs,
    );
  });

  test('to wait for others, or for nothing, as wished', () => {
    fc.assert(
      fc.property(list, fc.nat(5), fc.array(fc.nat(5), { maxLength: 3 }), (bytes, at, others) => {
        const before = parseList(bytes).document.tasks;
        const task = before[at % before.length] as ListTask;
        // Earlier ones only: no cycle.
        const ids = [...new Set(others)].filter((one) => one < task.position - 1).map(idOf);
        const depends = ids.length === 0 ? null : ids.join(', ');
        const wish = taskWish({ taskId: task.taskId, settings: { depends } });
        const { bytes: made, task: edited } = editTask(bytes, wish);
        expect(edited.dependencies).toEqual(ids);
        const after = parseList(made).document.tasks;
        const untouched = (one: ListTask): boolean => one.taskId !== task.taskId;
        expect(after.filter(untouched)).toEqual(before.filter(untouched));
        expect(content({ ...edited, dependencies: [] })).toEqual(
          content({ ...task, dependencies: [] }),
        );
      }),
      runs,
    );
  });

  test('and moved in front of any other, with nothing else changed', () => {
    fc.assert(
      fc.property(list, fc.nat(5), fc.nat(5), (bytes, at, to) => {
        const before = parseList(bytes).document.tasks;
        const task = before[at % before.length] as ListTask;
        const other = before[to % before.length] as ListTask;
        fc.pre(task !== other);
        const wish = taskWish({ taskId: task.taskId, place: { before: other.taskId } });
        const { bytes: made } = editTask(bytes, wish);
        const order = parseList(made).document.tasks.map((one) => one.taskId);
        expect(order[order.indexOf(task.taskId) + 1]).toBe(other.taskId);
        expect(linesOf(made).map(bare).sort()).toEqual(linesOf(bytes).map(bare).sort());
      }),
      runs,
    );
  });
});

/** Without its line end: the last line may have none. */
function bare(line: string): string {
  return line.replace(/\r?\n$/, '');
}
