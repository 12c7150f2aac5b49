import { expect, it } from 'vitest';
import type { Artifact, OpenArtifact } from '../../../src/store/artifacts.ts';
import type { OnStore, StoreBench } from './store-bench.ts';

const SHA = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const LIMITS = { artifactsPerTaskMax: 10, artifactsBytesMax: 1_000 };

/** What is recorded of artifacts, and who may record it. */
export function artifactsContract(on: OnStore): void {
  const open = async (
    bench: StoreBench,
    change: Partial<OpenArtifact> & Pick<OpenArtifact, 'task' | 'fence'>,
  ): Promise<Artifact> =>
    await bench.store.openArtifact({
      artifactId: bench.world.ids.uuid(),
      name: 'report.md',
      kind: 'general',
      mediaType: 'text/markdown',
      summary: null,
      sourcePath: null,
      sealed: null,
      limits: LIMITS,
      ...change,
    });
  const claimed = async (bench: StoreBench) => {
    await bench.load(['A', 'B']);
    const { id, fence } = await bench.take('A');
    return { task: id, fence };
  };

  it(
    'an artifact is opened, extended, sealed and completed by the attempt that it belongs to',
    on(async (bench) => {
      const held = await claimed(bench);
      const opened = await open(bench, held);
      expect(opened).toEqual({
        artifactId: opened.artifactId,
        listId: bench.listId,
        list: (await bench.task('A')).list,
        task: held.task,
        taskId: 'A',
        fence: held.fence,
        name: 'report.md',
        kind: 'general',
        mediaType: 'text/markdown',
        sha256: null,
        bytes: 0,
        state: 'open',
        summary: null,
        sourcePath: null,
        createdAtMs: bench.world.nowMs,
        completedAtMs: null,
      });
      const { artifactId } = opened;
      const own = { artifactId, fence: held.fence };
      expect((await bench.store.extendArtifact({ ...own, bytes: 50 })).bytes).toBe(50);
      expect((await bench.store.extendArtifact({ ...own, bytes: 20 })).bytes).toBe(50);
      const sealed = await bench.store.sealArtifact({ ...own, sha256: SHA, bytes: 50 });
      expect(sealed).toMatchObject({ sha256: SHA, bytes: 50, state: 'open', completedAtMs: null });
      bench.world.nowMs += 5;
      const done = { ...sealed, state: 'complete', completedAtMs: bench.world.nowMs };
      expect(await bench.store.completeArtifact(own)).toEqual(done);
      bench.world.nowMs += 5;
      expect(await bench.store.completeArtifact(own)).toEqual(done);
      expect(await bench.store.artifact(artifactId)).toEqual(done);
      await expect(bench.store.extendArtifact({ ...own, bytes: 60 })).rejects.toMatchObject({
        code: 'artifact_closed',
      });
    }),
  );

  it(
    'a stale holder opens, extends, seals and completes nothing',
    on(async (bench) => {
      const held = await claimed(bench);
      const { artifactId } = await open(bench, held);
      const own = { artifactId, fence: held.fence };
      await bench.finish(
        { id: held.task, fence: held.fence },
        { kind: 'released', reason: 'stop' },
      );
      const stale = { code: 'stale_fence', details: { fence: held.fence, taskId: 'A' } };
      const all = () => [
        open(bench, { ...held, name: 'another' }),
        bench.store.extendArtifact({ ...own, bytes: 9 }),
        bench.store.sealArtifact({ ...own, sha256: SHA, bytes: 9 }),
        bench.store.completeArtifact(own),
      ];
      for (const call of all()) await expect(call).rejects.toMatchObject(stale);
      const again = await bench.take('A');
      for (const call of all()) await expect(call).rejects.toMatchObject(stale);
      // The new attempt does not write to what belongs to the old one, either.
      const others = { artifactId, fence: again.fence, bytes: 9 };
      await expect(bench.store.extendArtifact(others)).rejects.toMatchObject({
        code: 'stale_fence',
      });
      expect(await bench.store.artifact(artifactId)).toMatchObject({ bytes: 0, state: 'open' });
    }),
  );

  it(
    'opening again in the same attempt answers what is open; another attempt gets its own',
    on(async (bench) => {
      const held = await claimed(bench);
      const first = await open(bench, held);
      expect(await open(bench, held)).toEqual(first);
      const other = await open(bench, { ...held, name: 'other' });
      expect(other.artifactId).not.toBe(first.artifactId);
      const person = await open(bench, { ...held, fence: null });
      expect(person.artifactId).not.toBe(first.artifactId);
      expect(await open(bench, { ...held, fence: null })).toEqual(person);
      const sealed = { sha256: SHA, bytes: 1 };
      const whole = await open(bench, { ...held, name: 'whole', sealed });
      expect(await open(bench, { ...held, name: 'whole', sealed })).toEqual(whole);
      const differs = await open(bench, {
        ...{ ...held, name: 'whole', sealed: { sha256: OTHER, bytes: 1 } },
      });
      expect(differs.artifactId).not.toBe(whole.artifactId);
    }),
  );

  it(
    'what was acknowledged is never sealed away, and a seal holds',
    on(async (bench) => {
      const held = await claimed(bench);
      const { artifactId } = await open(bench, held);
      const own = { artifactId, fence: held.fence };
      await bench.store.extendArtifact({ ...own, bytes: 100 });
      const short = bench.store.sealArtifact({ ...own, sha256: SHA, bytes: 99 });
      await expect(short).rejects.toMatchObject({
        ...{ code: 'artifact_gap', details: { expected: 100 } },
      });
      await bench.store.sealArtifact({ ...own, sha256: SHA, bytes: 100 });
      await bench.store.sealArtifact({ ...own, sha256: SHA, bytes: 100 });
      const other = bench.store.sealArtifact({ ...own, sha256: OTHER, bytes: 100 });
      await expect(other).rejects.toMatchObject({ code: 'artifact_closed' });
    }),
  );

  it(
    'limits are refused by their names',
    on(async (bench) => {
      const held = await claimed(bench);
      for (let count = 0; count < LIMITS.artifactsPerTaskMax; count += 1) {
        await open(bench, { ...held, name: `n${count}`, sealed: { sha256: SHA, bytes: 90 } });
      }
      await expect(open(bench, { ...held, name: 'more' })).rejects.toMatchObject({
        ...{ code: 'artifact_too_many', details: { limit: 'artifactsPerTaskMax' } },
      });
      const { id } = await bench.task('B');
      const large = { task: id, fence: null, sealed: { sha256: SHA, bytes: 101 } };
      await expect(open(bench, large)).rejects.toMatchObject({
        ...{ code: 'artifact_too_large', details: { limit: 'artifactsBytesMax', bytes: 900 } },
      });
      await open(bench, { ...large, sealed: { sha256: SHA, bytes: 100 } });
      await expect(open(bench, { task: 'none', fence: null })).rejects.toMatchObject({
        code: 'task_not_found',
      });
    }),
  );

  it(
    'artifacts are listed by list, task and state, the oldest first, page by page',
    on(async (bench) => {
      const held = await claimed(bench);
      const b = await bench.task('B');
      const all: Artifact[] = [];
      for (let count = 0; count < 7; count += 1) {
        bench.world.nowMs += count % 2; // some are of the same moment
        const place = count === 3 ? { task: b.id, fence: null } : held;
        all.push(await open(bench, { ...place, name: `n${count}` }));
      }
      const order = ({ createdAtMs, artifactId }: Artifact) => `${createdAtMs} ${artifactId}`;
      all.sort((one, two) => (order(one) < order(two) ? -1 : 1));
      const names = all.map(({ name }) => name);
      const { store, listId } = bench;
      const [first] = await store.artifacts({ listId, limit: 1 });
      const own = { artifactId: first?.artifactId ?? '', fence: held.fence };
      await store.sealArtifact({ ...own, sha256: SHA, bytes: 0 });
      await store.completeArtifact(own);
      const named = async (query: Parameters<typeof store.artifacts>[0]) =>
        (await store.artifacts(query)).map(({ name }) => name);
      expect(await named({ listId, limit: 100 })).toEqual(names);
      expect(await named({ task: b.id, limit: 100 })).toEqual(['n3']);
      expect(await named({ listId, state: 'complete', limit: 100 })).toEqual(['n0']);
      expect(await named({ listId: 'none', limit: 100 })).toEqual([]);
      const paged: string[] = [];
      for (let after: { createdAtMs: number; artifactId: string } | undefined; ; ) {
        const page = await store.artifacts({ limit: 2, ...(after === undefined ? {} : { after }) });
        paged.push(...page.map(({ name }) => name));
        after = page.at(-1);
        if (after === undefined) break;
      }
      expect(paged).toEqual(names);
      const ref = first?.artifactId ?? '';
      expect(await store.findArtifacts(ref)).toHaveLength(1);
      expect((await store.findArtifacts(ref.slice(-8)))[0]?.artifactId).toBe(ref);
      expect(await store.findArtifacts('nothing')).toEqual([]);
    }),
  );

  it(
    'contents are told once each, and known as long as an artifact refers to them',
    on(async (bench) => {
      const held = await claimed(bench);
      const sealed = { sha256: SHA, bytes: 3 };
      const one = await open(bench, { ...held, name: 'one', sealed });
      const two = await open(bench, { ...held, name: 'two', sealed });
      await open(bench, { ...held, name: 'three', sealed: { sha256: OTHER, bytes: 4 } });
      await bench.store.completeArtifact({ artifactId: two.artifactId, fence: held.fence });
      const [first, ...more] = await bench.store.contents({ after: null, limit: 10 });
      expect(first).toMatchObject({ sha256: SHA, bytes: 3, complete: true });
      expect([one.artifactId, two.artifactId]).toContain(first?.artifactId);
      expect(more).toMatchObject([{ sha256: OTHER, bytes: 4, complete: false }]);
      expect(await bench.store.contents({ after: SHA, limit: 10 })).toEqual(more);
      expect(await bench.store.contents({ after: null, limit: 1 })).toEqual([first]);
      const asked = [SHA, OTHER, 'c'.repeat(64)];
      expect((await bench.store.knownContents(asked)).toSorted()).toEqual([SHA, OTHER]);
      expect(await bench.store.knownContents([])).toEqual([]);
    }),
  );

  it(
    'of the open ones only those are forgotten that are old and whose attempt is over',
    on(async (bench) => {
      const held = await claimed(bench);
      const b = await bench.task('B');
      const running = await open(bench, held);
      const person = await open(bench, { task: b.id, fence: null });
      const done = await open(bench, { ...held, name: 'done', sealed: { sha256: SHA, bytes: 0 } });
      await bench.store.completeArtifact({ artifactId: done.artifactId, fence: held.fence });
      bench.world.nowMs += 10_000;
      const young = await open(bench, { task: b.id, fence: null, name: 'young' });
      const drop = (preview: boolean) =>
        bench.store.dropOpenArtifacts({ openedBeforeMs: bench.world.nowMs, preview });
      expect(await drop(true)).toEqual([person.artifactId]);
      expect(await drop(false)).toEqual([person.artifactId]);
      expect(await drop(false)).toEqual([]);
      await bench.finish({ id: held.task, fence: held.fence }, { kind: 'succeeded' });
      expect(await drop(false)).toEqual([running.artifactId]);
      const left = await bench.store.artifacts({ limit: 100 });
      expect(left.map(({ artifactId }) => artifactId)).toEqual([done.artifactId, young.artifactId]);
    }),
  );

  it(
    'after a restore nobody goes on with what was open',
    on(async (bench) => {
      const held = await claimed(bench);
      const { artifactId } = await open(bench, held);
      await bench.store.afterRestore(1);
      const extended = bench.store.extendArtifact({ artifactId, fence: held.fence, bytes: 1 });
      await expect(extended).rejects.toMatchObject({ code: 'stale_fence' });
    }),
  );
}
