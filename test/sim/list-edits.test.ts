import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createSteeredWorld } from '../contract/store/steered-world.ts';
import { FAILED, ONE_TRY, StoreBench } from '../contract/store/store-bench.ts';
import { testDepth } from '../support/test-depth.ts';
import { type DeskLine, deskLine, ListDesk } from './support/list-desk.ts';

/** Texts of which none is like another, nor like another in other words. */
const TEXTS = [
  ...['write the user manual', 'test every parser', 'deploy it to staging', 'draw a new logo'],
  ...['measure start-up', 'review open questions', 'fix login on Safari', 'sort old invoices'],
] as const;

const numRuns = testDepth.pick({ reduced: 25, full: 1_500 });

async function onDesk(lines: readonly DeskLine[], work: (desk: ListDesk) => Promise<void>) {
  const world = createSteeredWorld();
  const store = await openSqliteStore({ world, path: ':memory:' });
  const bench = new StoreBench(world, { store, outside: null, dispose: () => store.close() });
  const desk = new ListDesk(bench);
  desk.lines = lines.map((line) => ({ ...line }));
  try {
    await desk.load();
    await work(desk);
  } finally {
    await store.close();
  }
}

/** Half of the lines have ids, A-0, A-2 ...; some wait for an earlier one that has. */
const startingLines = fc.array(fc.nat(7), { minLength: 2, maxLength: TEXTS.length }).map((afters) =>
  afters.map((after, index): DeskLine => {
    const id = index % 2 === 0 ? `A-${index}` : null;
    const line = deskLine(index, TEXTS[index] as string, id);
    const waitsFor = after < index && after % 2 === 0;
    return { ...line, after: waitsFor ? [`A-${after}`] : [] };
  }),
);

/** An edit that no other of the same set depends on: of one line, one thing. */
interface Edit {
  readonly at: number;
  readonly kind: 'words' | 'priority' | 'section' | 'rank' | 'fate' | 'policy' | 'free' | 'insert';
  readonly how: number;
}

const someEdits = fc.uniqueArray(
  fc.record<Edit>({
    at: fc.nat(7),
    kind: fc.constantFrom<Edit['kind']>(
      ...(['words', 'priority', 'section', 'rank', 'fate', 'policy', 'free', 'insert'] as const),
    ),
    how: fc.nat(999),
  }),
  { selector: ({ at, kind }) => `${at} ${kind}`, minLength: 1, maxLength: 10 },
);

function edit(
  lines: readonly DeskLine[],
  { at, kind, how }: Edit,
  first: readonly DeskLine[],
): DeskLine[] {
  if (kind === 'insert') {
    const after = how % 3 === 0 ? ['A-0'] : [];
    const line = deskLine(at + how / 1_000 + 0.000_5, `insert number ${at} here`, `N-${at}`);
    return [...lines, { ...line, after }];
  }
  const text = TEXTS[at];
  const index = lines.findIndex((line) => line.text === text || line.text === `${text}, please`);
  const line = lines[index];
  if (line === undefined) return [...lines];
  const change = (to: Partial<DeskLine>): DeskLine[] => lines.with(index, { ...line, ...to });
  switch (kind) {
    case 'words':
      return change({ text: `${text}, please` });
    case 'priority':
      return change({ priority: `P${1 + (how % 4)}` });
    case 'section':
      return change({ section: 'Elsewhere' });
    case 'rank':
      return change({ rank: how / 100 + at / 1_000_000 });
    case 'policy':
      return line.id === null ? [...lines] : change({ policy: how % 2 === 0 ? 'run' : 'fail' });
    case 'free':
      return change({ after: [] });
    case 'fate':
      // A mark by hand is an outcome of its own only where no dependency made it so before.
      if (how % 3 === 0) return lines.toSpliced(index, 1);
      return change({ mark: how % 3 === 1 || first[at]?.after.length !== 0 ? 'x' : '-' });
  }
}

describe('a list that is edited', () => {
  it('ends in the same queue, in whatever order it was edited, however often loaded', async () => {
    const anyCase = fc.record({
      lines: startingLines,
      edits: someEdits,
      order: fc.array(fc.nat(999), { minLength: 10, maxLength: 10 }),
      loads: fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
    });
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ lines, edits, order, loads }) => {
        const contents: unknown[] = [];
        const shuffled = edits
          .map((one, index) => ({ one, key: order[index] as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        for (const [steps, load] of [
          [edits, () => false],
          [shuffled, (index: number) => loads[index] === true],
        ] as const) {
          await onDesk(lines, async (desk) => {
            for (const [index, step] of steps.entries()) {
              desk.lines = edit(desk.lines, step, lines);
              if (load(index)) await desk.load();
            }
            await desk.load();
            await desk.expectInStep();
            contents.push(await contentOf(desk));
          });
        }
        expect(contents[1]).toEqual(contents[0]);
      }),
      { numRuns },
    );
  });

  it('gives no other line another id when one is inserted that is like no other', async () => {
    const anyCase = fc.record({ lines: startingLines, at: fc.nat(8), first: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ lines, at, first }) => {
        await onDesk(lines, async (desk) => {
          const before = new Map((await desk.stored()).map((task) => [task.taskId, task.id]));
          desk.lines.push(deskLine(at - 0.5, 'like nothing else on earth'));
          if (first) desk.lines.push(deskLine(at - 0.4, 'quite another thing, too'));
          expect(await desk.load()).toMatchObject({ added: first ? 2 : 1, updated: 0, moved: 0 });
          const after = new Map((await desk.stored()).map((task) => [task.taskId, task.id]));
          for (const [taskId, id] of before) expect(after.get(taskId)).toBe(id);
        });
      }),
      { numRuns },
    );
  });

  it('never runs a completed line again because it is worded otherwise', async () => {
    const rewording = fc.constantFrom(
      (text: string) => `${text} now`,
      (text: string) => `${text[1]}${text[0]}${text.slice(2)}`,
      (text: string) => text.toUpperCase(),
      (text: string) => `**${text}**!`,
    );
    const anyCase = fc.record({
      lines: startingLines,
      rewordings: fc.array(rewording, { minLength: 8, maxLength: 8 }),
      twice: fc.boolean(),
      section: fc.constantFrom('Work', 'Elsewhere'),
    });
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ lines, rewordings, twice, section }) => {
        const boxes = lines.map((line): DeskLine => ({ ...line, id: null, after: [], mark: 'x' }));
        await onDesk(boxes, async (desk) => {
          desk.lines = boxes.flatMap((line, index): DeskLine[] => {
            const text = (rewordings[index] as (text: string) => string)(line.text);
            const other: DeskLine = { ...line, text, section, mark: ' ' };
            return twice ? [other, { ...other, rank: other.rank + 0.5 }] : [other];
          });
          await desk.load();
          expect(await desk.bench.claim({ max: 99 })).toEqual([]);
          await desk.expectInStep();
        });
      }),
      { numRuns },
    );
  });
});

/** What a list's queue holds: of what is in the file everything, of the rest that it is there. */
async function contentOf(desk: ListDesk): Promise<readonly unknown[]> {
  const tasks = await desk.stored();
  const boxes = await desk.bench.store.knownBoxes(desk.bench.listId);
  const made = new Set(boxes.flatMap(({ taskId, named }) => (named === true ? [] : taskId)));
  return (
    tasks
      // Which former wordings of a line without an id were ever loaded is history, not content.
      .filter(({ taskId, archivedAtMs }) => archivedAtMs === null || !made.has(taskId))
      .map(({ taskId, status, archivedAtMs, ...task }) => {
        const id = made.has(taskId) ? 'a box' : taskId;
        if (archivedAtMs !== null) return { id, archived: true };
        const { description, priority, section, position, dependencies } = task;
        return { id, status, description, priority, section, position, dependencies };
      })
      .map((content) => JSON.stringify(content))
      .sort()
  );
}

const VERBS = [
  ...['run', 'run', 'fail', 'claim', 'end', 'marks', 'reword', 'retype', 'label', 'unlabel'],
  ...['mark', 'remove', 'back', 'insert', 'double', 'move', 'depend', 'section', 'load', 'load'],
] as const;
interface Step {
  readonly verb: (typeof VERBS)[number];
  readonly which: number;
  readonly how: number;
}
const someSteps = fc.array(
  fc.record<Step>({
    verb: fc.constantFrom<Step['verb']>(...VERBS),
    ...{ which: fc.nat(99), how: fc.nat(99) },
  }),
  { minLength: 5, maxLength: 40 },
);

/** A list in the hands of a person, while its tasks are worked on. */
class BusyDesk {
  readonly desk: ListDesk;
  readonly #removed: DeskLine[] = [];
  readonly #running: Awaited<ReturnType<StoreBench['claim']>>[number][] = [];
  readonly #completed = new Set<string>();
  #ids = 100;

  constructor(desk: ListDesk) {
    this.desk = desk;
  }

  async run({ verb, which, how }: Step): Promise<void> {
    const { desk } = this;
    const { bench } = desk;
    const line = desk.lines[which % Math.max(desk.lines.length, 1)];
    if (verb === 'run' || verb === 'fail') {
      for (const claimed of await bench.claim()) {
        await bench.finish(claimed, verb === 'run' ? { kind: 'succeeded' } : FAILED, ONE_TRY);
      }
    } else if (verb === 'claim') {
      this.#running.push(...(await bench.claim()));
    } else if (verb === 'end') {
      for (const claimed of this.#running.splice(0, 1)) {
        await bench.finish(claimed, { kind: 'succeeded' });
      }
    } else if (verb === 'marks') {
      await desk.writeMarks();
    } else if (verb === 'load') {
      await this.#load();
    } else if (line !== undefined) {
      this.#edit(line, verb, how);
    }
    await this.expectCompletedStaysSo();
  }

  #edit(line: DeskLine, verb: Step['verb'], how: number): void {
    const { desk } = this;
    if (verb === 'reword') line.text = `${line.text} ${['now', 'well', 'twice'][how % 3]}`;
    else if (verb === 'retype') line.text = TEXTS[how % TEXTS.length] as string;
    else if (verb === 'label') line.id ??= this.#newId();
    else if (verb === 'unlabel') line.id = null;
    else if (verb === 'mark') line.mark = ([' ', 'x', '-', '~', '!'] as const)[how % 5] ?? ' ';
    else if (verb === 'move') line.rank = how / 10 + 0.01;
    else if (verb === 'section') line.section = how % 2 === 0 ? 'Work' : 'Elsewhere';
    else if (verb === 'insert') desk.lines.push(deskLine(how / 10, TEXTS[how % 8] as string));
    else if (verb === 'double') desk.lines.push({ ...line, id: null, rank: line.rank + 0.001 });
    else if (verb === 'back') desk.lines.push(...this.#removed.splice(0, 1));
    else if (verb === 'depend') this.#depend(line, how);
    else if (desk.lines.length > 1) {
      this.#removed.push(line);
      desk.lines = desk.lines.filter((one) => one !== line);
    }
  }

  /** On one of a smaller number, so that there is no cycle. */
  #depend(line: DeskLine, how: number): void {
    const number = Number(/\d+$/.exec(line.id ?? '')?.[0] ?? 0);
    const earlier = this.desk.lines.filter(
      ({ id }) => id !== null && Number(/\d+$/.exec(id)?.[0]) < number,
    );
    const chosen = earlier[how % Math.max(earlier.length, 1)];
    line.after = how % 3 === 0 || chosen === undefined ? [] : [chosen.id as string];
  }

  #newId(): string {
    this.#ids += 1;
    return `B-${this.#ids}`;
  }

  /** The preview says what the load then does. */
  async #load(): Promise<void> {
    const { desk } = this;
    const input = await desk.input();
    if (input.document.findings.some((found) => found.severity === 'error')) return;
    const preview = await desk.bench.store.previewLoad(input);
    const loaded = await desk.load();
    const { added, updated, moved, archived, findings } = loaded;
    expect(preview).toMatchObject({ added, updated, moved, archived, findings });
    const live = await desk.bench.store.tasks({ listId: desk.bench.listId });
    const statuses = Object.fromEntries(live.map((task) => [task.taskId, task.status]));
    expect(Object.fromEntries(preview.statuses)).toEqual(statuses);
    await desk.expectInStep();
  }

  async expectCompletedStaysSo(): Promise<void> {
    const tasks = await this.desk.stored();
    const completed = tasks.filter((task) => task.status === 'completed').map((task) => task.id);
    expect([...this.#completed].filter((id) => !completed.includes(id))).toEqual([]);
    for (const id of completed) this.#completed.add(id);
  }
}

describe('a list that is edited while its tasks are worked on', () => {
  it('stays in step with its queue, and what is completed stays so', async () => {
    await fc.assert(
      fc.asyncProperty(startingLines, someSteps, async (lines, steps) => {
        await onDesk(lines, async (desk) => {
          const busy = new BusyDesk(desk);
          for (const step of steps) await busy.run(step);
          await busy.run({ verb: 'load', which: 0, how: 0 });
        });
      }),
      { numRuns: testDepth.pick({ reduced: 60, full: 3_000 }) },
    );
  });
});
