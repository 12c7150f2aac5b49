import { expect, it } from 'vitest';
import { plan } from './breakdown-sketch.ts';
import { FAILED, listOf, type OnStore, PATH } from './store-bench.ts';

/** What can be read, and the marks that the file is owed. */
export function readingContract(on: OnStore): void {
  it(
    'tasks are read by list, status and place, a page at a time',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C', 'D']);
      await bench.end('B');
      const { listId } = bench;
      const ids = async (query: Parameters<typeof bench.store.tasks>[0]) =>
        (await bench.store.tasks({ listId, ...query })).map((task) => task.taskId);
      expect(await ids({ statuses: ['queued', 'failed'] })).toEqual(['A', 'C', 'D']);
      expect(await ids({ limit: 2 })).toEqual(['A', 'B']);
      expect(await ids({ limit: 2, afterPosition: 2 })).toEqual(['C', 'D']);
      await bench.load(['A', 'B', 'C']);
      expect(await ids({})).toEqual(['A', 'B', 'C']);
      expect(await ids({ archived: true })).toEqual(['A', 'B', 'C', 'D']);
    }),
  );

  it(
    'a task is found by its task id, by its id, and by the end of its id',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const { id } = await bench.task('A');
      for (const ref of ['A', id, id.slice(-8)]) {
        expect(await bench.store.findTasks(ref, null)).toMatchObject([{ id }]);
        expect(await bench.store.findTasks(ref, bench.listId)).toMatchObject([{ id }]);
      }
      expect(await bench.store.findTasks('nothing-like-it', null)).toEqual([]);
      expect(await bench.store.findTasks(id.slice(-3), null)).toEqual([]);
      expect(await bench.store.findTasks('%', null)).toEqual([]);
      expect(await bench.store.task('none')).toBeNull();
    }),
  );

  it(
    'a task id that several lists have is found in each of them',
    on(async (bench) => {
      const one = (await bench.load(['A'])).list.listId;
      await bench.load(['A'], { path: '/lists/other.md' });
      expect(await bench.store.findTasks('A', null)).toHaveLength(2);
      expect(await bench.store.findTasks('A', one)).toMatchObject([{ list: PATH }]);
    }),
  );

  it(
    'a list and a breakdown without their counters are the same ones',
    on(async (bench) => {
      await bench.load(['A', 'B'], { realPath: '/real/tasks.md' });
      await bench.end('A', FAILED);
      const { parentTaskId, list: planned } = await plan(bench, ['S']);
      const lists = await bench.store.lists();
      expect(lists).toHaveLength(2);
      const bare = ({ counts, total, currentTaskId, ...record }: (typeof lists)[number]) => record;
      expect(await bench.store.listRecords()).toEqual(lists.map(bare));
      for (const list of lists) {
        expect(await bench.store.listRecord(list.listId)).toEqual(bare(list));
        for (const path of [list.path, list.realPath ?? planned]) {
          expect(await bench.store.listRecordByPath(path)).toEqual(bare(list));
        }
      }
      expect(await bench.store.listRecord('none')).toBeNull();
      expect(await bench.store.listRecordByPath('/none.md')).toBeNull();
      const record = await bench.store.breakdownRecord(parentTaskId);
      expect(await bench.store.breakdown(parentTaskId)).toEqual({
        ...{ ...record, total: 1, ready: 1, delayed: 0, blocked: 0 },
        ...{ counts: expect.anything(), lastActivityAtMs: expect.any(Number) },
      });
      expect(record).not.toHaveProperty('counts');
      expect(await bench.store.breakdownRecord('none')).toBeNull();
    }),
  );

  it(
    'events are read after a cursor, by task, by list and by kind',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.end('A');
      const all = await bench.store.events({});
      expect(all.map((one) => [one.taskId, one.event.kind])).toEqual([
        ...[['A', 'enqueued'] as const, ['B', 'enqueued'] as const],
        ...[['A', 'claimed'] as const, ['A', 'completed'] as const],
      ]);
      const seqs = all.map((one) => one.seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      expect(await bench.store.events({ afterSeq: seqs[1]! })).toEqual(all.slice(2));
      expect(await bench.store.events({ kinds: ['claimed'] })).toEqual([all[2]]);
      expect(await bench.store.events({ limit: 1 })).toEqual([all[0]]);
      const { id } = await bench.task('B');
      expect(await bench.store.events({ task: id })).toEqual([all[1]]);
      expect(await bench.store.events({ listId: 'none' })).toEqual([]);
    }),
  );

  it(
    'counts equal the rows, and the longest running task is the current one',
    on(async (bench) => {
      await bench.load(['A', 'B', 'C', 'D', 'E']);
      await bench.take('B');
      bench.world.nowMs += 1;
      await bench.take('A');
      await bench.end('C', FAILED);
      await bench.change('cancel', 'D');
      expect(await bench.store.list(bench.listId)).toMatchObject({
        ...{ total: 5, currentTaskId: 'B' },
        counts: { queued: 1, running: 2, waiting: 0, completed: 0, failed: 1, skipped: 0 },
      });
      await bench.expectSound();
    }),
  );

  it(
    'marks are owed for what happened after the file was last marked, until it is written',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      await bench.end('A');
      const owed = await bench.store.marksOwed(bench.listId);
      expect(owed.tasks).toEqual([
        { taskId: 'A', status: 'completed', knownMarks: ['queued', 'running', 'completed'] },
      ]);
      expect(owed.seenHash).toBe(listOf(['A', 'B']).seenHash);
      const written = {
        ...{ listId: bench.listId, upToSeq: owed.upToSeq, seenHash: 'new', seenText: null },
        marks: [{ taskId: 'A', mark: 'completed' }],
      } as const;
      await bench.take('B');
      await bench.store.marksWritten(written);
      expect(await bench.store.marksOwed(bench.listId)).toMatchObject({
        ...{ seenHash: 'new', tasks: [{ taskId: 'B', status: 'running' }] },
      });
      await bench.store.marksWritten({ ...written, upToSeq: 0, marks: [] });
      expect((await bench.store.marksOwed(bench.listId)).tasks).toHaveLength(1);
    }),
  );

  it(
    'a mark that Pawl wrote itself is not news; one taken out by hand is a finding',
    on(async (bench) => {
      await bench.load(['A']);
      await bench.end('A');
      const { upToSeq } = await bench.store.marksOwed(bench.listId);
      await bench.store.marksWritten({
        ...{ listId: bench.listId, upToSeq, seenHash: 'x', seenText: 'y' },
        marks: [{ taskId: 'A', mark: 'completed' }],
      });
      const same = await bench.load([{ taskId: 'A', mark: 'completed' }]);
      expect(same.findings).toEqual([]);
      const unticked = await bench.load(['A']);
      expect(unticked.findings).toMatchObject([{ code: 'done_mark_removed', taskId: 'A' }]);
      expect(await bench.task('A')).toMatchObject({ status: 'completed' });
      // The file is owed its mark again.
      expect((await bench.store.marksOwed(bench.listId)).tasks).toMatchObject([{ taskId: 'A' }]);
    }),
  );

  it(
    'a mark that may have arrived without our hearing of it is owed until it is written over',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      expect((await bench.store.marksOwed(bench.listId)).tasks).toEqual([]);
      const claimed = await bench.take('A');
      await bench.finish(claimed, { kind: 'released', reason: 'stop' });
      expect((await bench.store.marksOwed(bench.listId)).tasks).toEqual([
        { taskId: 'A', status: 'queued', knownMarks: ['queued', 'running', 'queued'] },
      ]);
    }),
  );

  it(
    'a restored copy voids what was claimed before: fences rise, running tasks are queued',
    on(async (bench) => {
      await bench.load(['A', 'B']);
      const claimed = await bench.take('A');
      await bench.end('B');
      const epoch = await bench.store.afterRestore(7);
      expect(epoch).toBe(8);
      expect(await bench.task('A')).toMatchObject({ status: 'queued', attempts: 0 });
      expect(await bench.finish(claimed, { kind: 'succeeded' })).toMatchObject({ kind: 'refused' });
      expect((await bench.take('A')).fence).toBeGreaterThan(1_000_000);
      expect(await bench.task('B')).toMatchObject({ status: 'completed' });
      const attempts = await bench.store.attempts(claimed.id);
      expect(attempts[0]).toMatchObject({ fence: 1, outcome: 'released' });
    }),
  );
}
