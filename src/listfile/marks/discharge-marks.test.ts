import { describe, expect, test } from 'vitest';
import type { TaskStatus } from '../../domain/status.ts';
import { simulate } from '../../testing/simulation.ts';
import { type DischargedMarks, dischargeMarks, listHash } from './discharge-marks.ts';

const PATH = '/p/tasks.md';
const LIST = '# L\n\n- [ ] A-1: x\n- [ ] A-2: y\n- [ ] A-3: z\n';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A list of which the store has these statuses; the mark of A-3 is owed, if any is. */
function listWith(
  statuses: readonly TaskStatus[],
  { isOwed = true, meanwhile = (_save: (text: string) => void): void => undefined } = {},
) {
  const simulation = simulate();
  const { world } = simulation.startProcess();
  const { files } = simulation;
  const written: DischargedMarks[] = [];
  const all = statuses.map((status, at) => ({ taskId: `A-${at + 1}`, status, description: 't' }));
  const discharge = async () =>
    await simulation.settle(
      dischargeMarks(
        world,
        PATH,
        {
          owed: async () => ({
            upToSeq: 7,
            seenHash: listHash(bytes(LIST)),
            tasks: all
              .slice(isOwed ? 2 : 3)
              .map((task) => ({ ...task, knownMarks: ['queued'] as const })),
          }),
          all: async () => {
            meanwhile(save);
            return all;
          },
          written: async (marks) => void written.push(marks),
        },
        '/p/.pawl/replaced',
      ),
    );
  const save = (text: string): void => files.writeNow(PATH, text);
  save(LIST);
  return { simulation, files, written, discharge, save, text: () => files.text(PATH) };
}

describe('the marks that a list is owed', () => {
  test('are written, with those that the save of an old text took back', async () => {
    const { simulation, discharge, save, text, written } = listWith([
      ...(['completed', 'queued', 'completed'] as const),
    ]);
    save(`${LIST.replace('[ ] A-2', '[~] A-2')}- [ ] A-4: new\n`);
    await simulation.run(1_000);
    expect(await discharge()).toEqual({ kind: 'written', marks: 3 });
    const all = LIST.replace('[ ] A-1', '[x] A-1').replace('[ ] A-3', '[x] A-3');
    expect(text()).toBe(`${all}- [ ] A-4: new\n`);
    expect(written).toMatchObject([{ upToSeq: 7, seenHash: null }]);
  });

  test('are not written into half a file that is saved after the look at it', async () => {
    const half = LIST.slice(0, LIST.indexOf('- [ ] A-3'));
    const { simulation, discharge, text } = listWith(['completed', 'queued', 'completed'], {
      meanwhile: (save) => save(half),
    });
    await simulation.run(1_000);
    expect(await discharge()).toMatchObject({ kind: 'contended' });
    expect(text()).toBe(half);
  });

  test('are looked after in a file that was saved since, though none is owed', async () => {
    const { simulation, discharge, save, text, written } = listWith(
      ['completed', 'queued', 'failed'],
      { isOwed: false },
    );
    // The file as it was seen last: every mark that it lacks would be owed.
    expect(await discharge()).toEqual({ kind: 'nothing-owed' });
    save(LIST.replace('A-2: y', 'A-2: why'));
    await simulation.run(1_000);
    expect(await discharge()).toEqual({ kind: 'written', marks: 2 });
    expect(text()).toBe('# L\n\n- [x] A-1: x\n- [ ] A-2: why\n- [!] A-3: z\n');
    expect(written).toMatchObject([{ seenHash: null, marks: [] }]);
    expect(await discharge()).toEqual({ kind: 'nothing-owed' });
    save(LIST.replaceAll('[ ]', '[x]'));
    await simulation.run(1_000);
    expect(await discharge()).toEqual({ kind: 'nothing-owed' });
  });

  test('leave a tick and a skip that were made by hand for the next load', async () => {
    const { discharge, save, text } = listWith(['queued', 'failed', 'completed']);
    save(LIST.replace('[ ] A-1', '[x] A-1').replace('[ ] A-2', '[-] A-2'));
    await discharge();
    expect(text()).toBe('# L\n\n- [x] A-1: x\n- [-] A-2: y\n- [x] A-3: z\n');
  });

  test.each([
    ['nothing', ''],
    ['half of it', LIST.slice(0, 20)],
  ])('stay owed while an editor has written %s', async (_, text) => {
    const { discharge, save, written, files } = listWith(['queued', 'queued', 'completed']);
    save(text);
    expect(await discharge()).toMatchObject({ kind: 'contended' });
    expect(written).toEqual([]);
    expect(files.text(PATH)).toBe(text);
    save(LIST);
    expect(await discharge()).toEqual({ kind: 'written', marks: 1 });
  });

  test('stay owed to a list that was emptied', async () => {
    const { simulation, discharge, save, written } = listWith(['queued', 'queued', 'completed']);
    save('');
    await simulation.run(1_000);
    expect(await discharge()).toMatchObject({ kind: 'no-file' });
    expect(written).toEqual([]);
  });

  test('are given up for tasks that were really removed', async () => {
    const { simulation, discharge, save, written } = listWith(['queued', 'queued', 'completed']);
    save('- [ ] A-1: x\n');
    await simulation.run(1_000);
    expect(await discharge()).toEqual({ kind: 'written', marks: 0 });
    expect(written).toMatchObject([{ upToSeq: 7, marks: [] }]);
  });

  test('stand beside a list that is read-only', async () => {
    const { simulation, discharge, files, text, written } = listWith([
      ...(['completed', 'queued', 'failed'] as const),
    ]);
    const facts = files.factsNow(PATH);
    if (facts === null) throw new Error('no list');
    await simulation.settle(files.replace(PATH, LIST, { ...facts, mode: 0o100_444 }));
    expect(await discharge()).toMatchObject({ kind: 'beside' });
    expect(text()).toBe(LIST);
    expect(files.text(`${PATH}.pawl-status`)).toContain('- [!] A-3: t (failed)');
    expect(written).toHaveLength(1);
    expect(await files.names('/p')).toEqual(['tasks.md', 'tasks.md.pawl-status']);
  });
});
