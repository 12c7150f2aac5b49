import { describe, expect, test } from 'vitest';
import type { TaskStatus } from '../../domain/status.ts';
import { simulate } from '../../testing/simulation.ts';
import { withStoredMarks } from '../marks/discharge-marks.ts';
import { writeMarks } from '../marks/write-back.ts';
import { unmergedFiles } from './replaced-files.ts';
import { tendReplaced } from './tend-replaced.ts';

const PATH = '/p/tasks.md';
const KEEP_IN = '/p/.pawl/replaced';
const LIST = '# L\n\n- [ ] A-1: x\n- [ ] A-2: y\n';
const MARKED = LIST.replace('[ ]', '[x]');
const STORED: readonly [string, TaskStatus][] = [
  ['A-1', 'completed'],
  ['A-2', 'queued'],
];

/** A list that was marked once, and the file that it was before. */
async function markedList() {
  const simulation = simulate();
  const { world } = simulation.startProcess();
  const { files } = simulation;
  files.writeNow(PATH, LIST);
  const text = (path: string): string => files.text(path) ?? '';
  const mark = async (): Promise<void> => {
    const wanted = new Map<string, TaskStatus>(STORED);
    await simulation.settle(writeMarks(world, PATH, wanted, null, { keepIn: KEEP_IN }));
  };
  const tend = async () => {
    await simulation.run(1_000);
    const all = STORED.map(([taskId, status]) => ({ taskId, status, description: '' }));
    return await simulation.settle(
      tendReplaced(world, PATH, {
        keepIn: KEEP_IN,
        mark: (bytes) => withStoredMarks(bytes, { all: async () => all }),
      }),
    );
  };
  const kept = async (): Promise<readonly string[]> =>
    (await files.names(KEEP_IN)).map((name) => `${KEEP_IN}/${name}`);
  await mark();
  const [replaced = ''] = await kept();
  return { simulation, files, text, mark, tend, kept, replaced };
}

describe('a list file that was replaced', () => {
  test('is kept as it was, and left alone while nobody saves into it', async () => {
    const { text, tend, kept, replaced } = await markedList();
    expect(text(PATH)).toBe(MARKED);
    expect(text(replaced)).toBe(LIST);
    expect(await tend()).toEqual({ merged: 0, later: 0, putAside: [] });
    expect(await kept()).toEqual([replaced]);
  });

  test('takes its place again, with its marks, when an editor saved into it later on', async () => {
    const { files, text, tend, kept, replaced } = await markedList();
    files.writeNow(replaced, `${LIST}- [ ] A-3: z\n`);
    expect(await tend()).toEqual({ merged: 1, later: 0, putAside: [] });
    expect(text(PATH)).toBe(`${MARKED}- [ ] A-3: z\n`);
    expect(await tend()).toEqual({ merged: 0, later: 0, putAside: [] });
    expect(await unmergedFiles({ files }, KEEP_IN)).toEqual([]);
    expect(await kept()).toHaveLength(2);
  });

  test('is waited for while the editor is at it, and not taken for an empty list', async () => {
    const { files, text, tend, simulation, replaced } = await markedList();
    files.writeNow(replaced, '');
    expect(await tend()).toEqual({ merged: 0, later: 0, putAside: [] });
    const looking = tend();
    await simulation.run(900);
    files.writeNow((await files.names(KEEP_IN)).map((name) => `${KEEP_IN}/${name}`)[0] ?? '', LIST);
    expect(await looking).toEqual({ merged: 0, later: 0, putAside: [] });
    expect(text(PATH)).toBe(MARKED);
  });

  test('is merged into a list that holds the first half of the same save', async () => {
    const { files, text, tend, replaced } = await markedList();
    files.writeNow(PATH, MARKED.slice(0, -3));
    files.writeNow(replaced, LIST);
    files.writeNow(replaced, `${LIST}- [ ] A-3: z\n`);
    expect((await tend()).merged).toBe(1);
    expect(text(PATH)).toBe(`${MARKED}- [ ] A-3: z\n`);
  });

  test('is done with when the list says all that it says', async () => {
    const { files, text, tend, replaced } = await markedList();
    files.writeNow(replaced, `${LIST}- [ ] A-3: z\n`);
    files.writeNow(PATH, `${MARKED}- [ ] A-3: z\n- [ ] A-4: z\n`);
    expect(await tend()).toEqual({ merged: 0, later: 0, putAside: [] });
    expect(text(PATH)).toBe(`${MARKED}- [ ] A-3: z\n- [ ] A-4: z\n`);
    expect(await unmergedFiles({ files }, KEEP_IN)).toEqual([]);
  });

  test.each([
    ['both were edited', `${LIST}- [ ] A-3: z\n`],
    ['it is no list any more', 'something else\n'],
  ])('is put aside for ever when %s', async (_, saved) => {
    const { files, text, tend, mark, simulation, replaced } = await markedList();
    files.writeNow(replaced, saved);
    files.writeNow(PATH, `${MARKED}- [ ] A-4: mine\n`);
    const { merged, putAside } = await tend();
    expect(merged).toBe(0);
    expect(putAside).toEqual(await unmergedFiles({ files }, KEEP_IN));
    expect(putAside.map(text)).toEqual([saved]);
    await simulation.run(3_600_000);
    await mark();
    expect(await tend()).toEqual({ merged: 0, later: 0, putAside: [] });
    expect(putAside.map(text)).toEqual([saved]);
    expect(text(PATH)).toBe(`${MARKED}- [ ] A-4: mine\n`);
  });

  test('goes after ten minutes, and when there are fifty newer ones', async () => {
    const { simulation, files, mark, tend, kept, replaced } = await markedList();
    await simulation.run(601_000);
    await tend();
    expect(await kept()).toEqual([]);
    for (let saves = 0; saves < 60; saves += 1) {
      files.writeNow(PATH, LIST);
      await mark();
    }
    await tend();
    expect(await kept()).toHaveLength(50);
    expect(await kept()).not.toContain(replaced);
  });
});
