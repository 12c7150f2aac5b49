import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import createMarkdownIt from 'markdown-it';
import type { KnownBox } from '../../src/domain/tasklist/box-names.ts';
import { parseList } from '../../src/listfile/grammar/parse-list.ts';
import { readyToLoad } from '../../src/operations/load-task-list.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { type Figure, information, millis, percent, type Section, times } from '../figure.ts';
import { median } from '../quantiles.ts';
import { Scratch } from '../scratch.ts';
import { boxList, boxTexts, LIST_KINDS, tableList } from './list-files.ts';

const ROWS = 10_000;
const ROWS_FEW = 1_000;
const ROWS_MANY = 100_000;
const ROUNDS = 9;
const ROUNDS_MANY = 5;
const OF_PARSER_MAX = 2;
/** Of what grows no faster than the list: the rest is what the garbage collector has to move. */
const FLAT_MAX = 1.5;
const REWORDED_FLAT_MAX = 2;
const LOAD_MAX_MS = 1_500;

/** What it takes to read a list, beside the markdown parser inside, and to bring it to a store. */
export const lists: Section = {
  name: 'lists',
  title: 'Reading a list, from bytes to a queue',
  about: [
    `Lists of ${ROWS} rows, from bytes to the document with findings and the places of marks.`,
    'Beside it stands `new MarkdownIt().parse(text, {})` on the same text, as its users call it:',
    'Pawl reads blocks by that parser and inline text by itself. Times of one thread, medians of',
    `${ROUNDS} alternating rounds. A row in short lists is timed over as many rows as the long one`,
    'has, all of them held: the garbage collector has as much to move for either. The store is',
    'SQLite on disk; reconciling is counted to it.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    try {
      note('beside the bare parser');
      const figures = Object.entries(LIST_KINDS).flatMap(([kind, list]) =>
        besideParser(kind, list(ROWS)),
      );
      note('long lists');
      figures.push(flatness(), ...knownAgain());
      note('into the store');
      figures.push(...(await intoStore(scratch.folder())));
      return figures;
    } finally {
      scratch.remove();
    }
  },
};

function besideParser(kind: string, text: string): readonly Figure[] {
  const bytes = bytesOf(text);
  const own: number[] = [];
  const whole: number[] = [];
  const blocks: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    whole.push(threadMs(() => createMarkdownIt().parse(text, {})));
    own.push(threadMs(() => parseList(bytes)));
    const parser = createMarkdownIt();
    blocks.push(threadMs(() => parser.block.parse(text, parser, {}, [])));
  }
  const ratio = median(own) / median(whole);
  return [
    {
      what: `${kind}, beside the parser`,
      measured: millis(median(own)),
      beside: `markdown-it ${millis(median(whole))}`,
      ratio: times(ratio),
      goal: `at most ${OF_PARSER_MAX} times`,
      met: ratio <= OF_PARSER_MAX,
    },
    information(
      `${kind}, beside its blocks alone`,
      millis(median(own)),
      `markdown-it, blocks ${millis(median(blocks))}`,
      times(median(own) / median(blocks)),
    ),
  ];
}

function flatness(): Figure {
  const [few, many] = [bytesOf(tableList(ROWS_FEW)), bytesOf(tableList(ROWS_MANY))];
  const repeated = () => Array.from({ length: ROWS_MANY / ROWS_FEW }, () => parseList(few));
  const pairs = Array.from({ length: ROUNDS_MANY }, () => [
    (threadMs(repeated) / ROWS_MANY) * 1_000,
    (threadMs(() => parseList(many)) / ROWS_MANY) * 1_000,
  ]) as [number, number][];
  return flat('a row of a table', pairs, { rows: ROWS_MANY, few: ROWS_FEW, max: FLAT_MAX });
}

/** Boxes without ids, read again with what was stored of them. */
function knownAgain(): readonly Figure[] {
  const texts = boxTexts(ROWS);
  const known = knownOf(texts);
  const first = median(rounds(() => parseList(bytesOf(boxList(texts)))));
  const more = bytesOf(boxList(['draw a logo', ...texts]));
  const inserted = median(rounds(() => parseList(more, { knownBoxes: known })));
  const reworded = (count: number): number => {
    const olds = boxTexts(count);
    const bytes = bytesOf(boxList(olds.map((text) => text.replace('and', 'or also'))));
    const knownBoxes = knownOf(olds);
    return (median(rounds(() => parseList(bytes, { knownBoxes }))) / count) * 1_000;
  };
  const ratio = inserted / first;
  return [
    {
      what: 'boxes without ids, read again with one more on top',
      measured: millis(inserted),
      beside: `for the first time ${millis(first)}`,
      ratio: times(ratio),
      goal: `at most ${OF_PARSER_MAX} times`,
      met: ratio <= OF_PARSER_MAX,
    },
    flat('a box, all of them reworded', [[reworded(ROWS_FEW), reworded(ROWS)]], {
      ...{ rows: ROWS, few: ROWS_FEW, max: REWORDED_FLAT_MAX },
    }),
  ];
}

function knownOf(texts: readonly string[]): readonly KnownBox[] {
  return parseList(bytesOf(boxList(texts))).document.tasks;
}

/** Microseconds a row in a short list and in a long one. */
function flat(
  what: string,
  pairs: readonly (readonly [number, number])[],
  { rows, few, max }: { readonly rows: number; readonly few: number; readonly max: number },
): Figure {
  const short = median(pairs.map(([one]) => one));
  const long = median(pairs.map(([, other]) => other));
  return {
    what: `${what}, of ${rows}`,
    measured: `${long.toFixed(1)} µs`,
    beside: `of ${few} ${short.toFixed(1)} µs`,
    ratio: times(long / short),
    goal: `at most ${max} times`,
    met: long / short <= max,
  };
}

async function intoStore(folder: string): Promise<readonly Figure[]> {
  const world = createRealWorld();
  const path = join(folder, 'tasks.md');
  writeFileSync(path, tableList(ROWS));
  const store = await openSqliteStore({ world, path: join(folder, 'pawl.db') });
  const load = async (): Promise<readonly [whole: number, stored: number]> => {
    const beganAt = performance.now();
    const ready = await readyToLoad({ world, store }, { path });
    const readAt = performance.now();
    await store.loadList(ready.load);
    const storedAt = performance.now();
    return [storedAt - beganAt, storedAt - readAt];
  };
  try {
    const [whole, stored] = await load();
    const [again, storedAgain] = await load();
    return [
      {
        what: `from the file to a queue, ${ROWS} rows`,
        measured: millis(whole),
        beside: `reconciled and stored ${millis(stored)}`,
        ratio: percent(stored / whole),
        goal: `under ${LOAD_MAX_MS} ms`,
        met: whole < LOAD_MAX_MS,
      },
      information(
        'the same file again, unchanged',
        millis(again),
        `reconciled and stored ${millis(storedAgain)}`,
        percent(storedAgain / again),
      ),
    ];
  } finally {
    await store.close();
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function rounds(work: () => void): readonly number[] {
  return Array.from({ length: ROUNDS_MANY }, () => threadMs(work));
}

/** Of this thread alone: others on the machine do not count. */
function threadMs(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
