import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { contentPath, openPath } from '../artifacts/artifact-paths.ts';
import type { Artifact } from '../store/artifacts.ts';
import type { ClaimedTask } from '../store/store.ts';
import { appendArtifact } from './append-artifact.ts';
import { completeArtifact } from './complete-artifact.ts';
import { listArtifacts } from './list-artifacts.ts';
import { openArtifact } from './open-artifact.ts';
import { readArtifact, readArtifactText } from './read-artifact.ts';
import { resolveArtifact } from './resolve-artifact.ts';
import { storeArtifact } from './store-artifact.ts';

const LABEL = { name: 'report.md', kind: 'general', mediaType: 'text/markdown', summary: null };
const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

describe('artifacts', () => {
  let project: ScratchProject;
  let claimed: ClaimedTask;
  let folder: string;
  beforeEach(async () => {
    project = await openScratchProject('- [ ] A-1: one\n- [ ] A-2: two\n');
    folder = join(project.stateDir, 'artifacts');
    const list = await project.load();
    [claimed] = (await project.claim(list, null)) as [ClaimedTask];
  });
  afterEach(() => project.close());

  const held = () => ({ task: claimed.id, fence: claimed.fence });
  const opened = async () => {
    const { artifact } = await openArtifact(project, { ...LABEL, ...held() });
    return { artifactId: artifact.artifactId, fence: claimed.fence };
  };
  const store = (text: string, change: Partial<Parameters<typeof storeArtifact>[1]> = {}) =>
    storeArtifact(project, { ...LABEL, ...held(), content: { kind: 'text', text }, ...change });

  describe('that are sent in ranges', () => {
    it('are what was sent, once, whatever is repeated', async () => {
      const own = await opened();
      const send = (offset: number | null, content: string) =>
        appendArtifact(project, { ...own, offset, content });
      expect(await send(0, 'hello ')).toMatchObject({ added: 6, nextOffset: 6 });
      expect(await send(0, 'hello ')).toMatchObject({ added: 0, nextOffset: 6 });
      expect(await send(3, 'lo wor')).toMatchObject({ added: 3, nextOffset: 9 });
      expect(await send(null, 'ld')).toMatchObject({ added: 2, nextOffset: 11 });
      expect(await send(2, 'llo w')).toMatchObject({ added: 0, nextOffset: 11 });
      expect(await send(11, '')).toMatchObject({ added: 0, nextOffset: 11 });
      expect((await openArtifact(project, { ...LABEL, ...held() })).nextOffset).toBe(11);
      const done = await completeArtifact(project, own);
      expect(done).toMatchObject({ state: 'complete', bytes: 11, sha256: sha256('hello world') });
      expect(readFileSync(contentPath(folder, done.sha256 ?? ''), 'utf8')).toBe('hello world');
      expect(existsSync(openPath(folder, own.artifactId))).toBe(false);
      expect(await completeArtifact(project, own)).toEqual(done);
      await expect(send(11, 'more')).rejects.toMatchObject({ code: 'artifact_closed' });
    });

    it('have no gap, no other bytes in the same place, and no more than their limits', async () => {
      const own = await opened();
      const limits = { artifactBytesMax: 20, appendBytesMax: 15 };
      const send = (offset: number | null, content: string) =>
        appendArtifact(project, { ...own, offset, content, limits });
      await send(0, '0123456789');
      await expect(send(11, 'x')).rejects.toMatchObject({
        ...{ code: 'artifact_gap', details: { expected: 10 } },
      });
      await expect(send(5, '567x9')).rejects.toMatchObject({
        ...{ code: 'artifact_conflict', details: { offset: 8 } },
      });
      await expect(send(10, 'a'.repeat(16))).rejects.toMatchObject({
        ...{ code: 'artifact_too_large', details: { limit: 'appendBytesMax' } },
      });
      await expect(send(10, 'a'.repeat(11))).rejects.toMatchObject({
        ...{ code: 'artifact_too_large', details: { limit: 'artifactBytesMax' } },
      });
      for (const offset of [-1, 1.5, Number.NaN]) {
        await expect(send(offset, 'x')).rejects.toMatchObject({ code: 'usage' });
      }
      expect(await readArtifactText(project, { ...own, charsMax: 100 })).toMatchObject({
        ...{ text: '0123456789', nextOffset: null, artifact: { state: 'open' } },
      });
    });

    it('are closed only as what their sender expects', async () => {
      const own = await opened();
      await appendArtifact(project, { ...own, offset: 0, content: 'four' });
      const close = (expected: { bytes?: number; sha256?: string }) =>
        completeArtifact(project, { ...own, expect: expected });
      await expect(close({ bytes: 5 })).rejects.toMatchObject({
        ...{ code: 'artifact_gap', details: { expected: 4 } },
      });
      const wrong = [{ bytes: 3 }, { sha256: sha256('five') }];
      for (const one of wrong) {
        await expect(close(one)).rejects.toMatchObject({ code: 'artifact_mismatch' });
      }
      expect(readdirSync(openPath(folder, own.artifactId))).toHaveLength(1);
      await close({ bytes: 4, sha256: sha256('four').toUpperCase() });
      await expect(close({ bytes: 3 })).rejects.toMatchObject({ code: 'artifact_mismatch' });
    });

    it('from many at once are one content that each of them agrees to, or is refused', async () => {
      const own = await opened();
      const text = 'x'.repeat(1_000);
      await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          appendArtifact(project, { ...own, offset: 0, content: text.slice(0, 50 * (at + 1)) }),
        ),
      );
      const ends = await Promise.allSettled(
        ['y', 'z'].map((content) => appendArtifact(project, { ...own, offset: 1_000, content })),
      );
      expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      await Promise.all(
        ['1', '2', '3'].map((content) =>
          appendArtifact(project, { ...own, offset: null, content }),
        ),
      );
      const all = await Promise.all([1, 2, 3].map(() => completeArtifact(project, own)));
      expect(new Set(all.map((one) => one.sha256)).size).toBe(1);
      const { text: read } = await readArtifactText(project, { ...own, charsMax: 2_000 });
      expect(read).toMatch(/^x{1000}[yz](123|132|213|231|312|321)$/);
    });

    it('of a stale holder are neither written nor kept', async () => {
      const own = await opened();
      await appendArtifact(project, { ...own, offset: 0, content: 'in time' });
      await project.store.afterRestore(1);
      const late = appendArtifact(project, { ...own, offset: 7, content: 'too late' });
      await expect(late).rejects.toMatchObject({ code: 'stale_fence' });
      expect(readdirSync(openPath(folder, own.artifactId))).toHaveLength(1);
      await expect(completeArtifact(project, own)).rejects.toMatchObject({ code: 'stale_fence' });
      await expect(store('late')).rejects.toMatchObject({ code: 'stale_fence' });
      await expect(opened()).rejects.toMatchObject({ code: 'stale_fence' });
      expect(readdirSync(join(folder, 'open'))).toEqual([`${own.artifactId}.part`]);
    });

    it('say so when what was acknowledged is gone from the disk', async () => {
      const own = await opened();
      await appendArtifact(project, { ...own, offset: 0, content: 'abc' });
      await project.world.files.removeTree(openPath(folder, own.artifactId));
      const damaged = { code: 'artifact_damaged' };
      const more = appendArtifact(project, { ...own, offset: 3, content: 'd' });
      await expect(more).rejects.toMatchObject(damaged);
      await expect(completeArtifact(project, own)).rejects.toMatchObject(damaged);
      await expect(readArtifact(project, own)).rejects.toMatchObject(damaged);
    });
  });

  describe('that are stored with one call', () => {
    it('are stored once for each content; a repeated call is answered the same', async () => {
      const one = await store('the same');
      expect(one).toMatchObject({ state: 'complete', sha256: sha256('the same'), taskId: 'A-1' });
      expect(await store('the same')).toEqual(one);
      const two = await store('the same', { name: 'copy.md' });
      expect(two.artifactId).not.toBe(one.artifactId);
      const bytes = new Uint8Array([0, 255, 1]);
      const three = await store('', { name: 'b', content: { kind: 'bytes', bytes } });
      const empty = await store('', { name: 'empty' });
      expect((await readArtifact(project, three)).bytes).toEqual(Buffer.from(bytes));
      expect((await readArtifact(project, { ...empty, verify: true })).nextOffset).toBe(null);
      const contents = readdirSync(folder, { recursive: true, withFileTypes: true });
      expect(contents.filter((entry) => entry.isFile())).toHaveLength(3);
      expect(readdirSync(join(folder, 'open'))).toEqual([]);
    });

    it('may be files of the project, as they are now', async () => {
      mkdirSync(join(project.root, 'out'));
      writeFileSync(join(project.root, 'out/a.bin'), Buffer.alloc(3_000_000, 'ab'));
      const file = (path: string, limits = {}) =>
        store('', { name: path, content: { kind: 'file', path }, limits });
      const stored = await file('out/a.bin');
      expect(stored).toMatchObject({ bytes: 3_000_000, sourcePath: 'out/a.bin' });
      writeFileSync(join(project.root, 'out/a.bin'), 'changed');
      const { bytes } = await readArtifact(project, { ...stored, offset: 2_999_999, verify: true });
      expect(String(bytes)).toBe('b');
      const small = file('out/a.bin', { artifactBytesMax: 6 });
      await expect(small).rejects.toMatchObject({ code: 'artifact_too_large' });
      await expect(file('../x')).rejects.toMatchObject({ code: 'file_unreadable' });
      await expect(file('/etc/hosts')).rejects.toMatchObject({ code: 'path_outside' });
      expect(readdirSync(join(folder, 'open'))).toEqual([]);
    });

    it('are described in words that can be shown', async () => {
      const wrong = [
        ...[{ name: '' }, { name: 'a\nb' }, { name: 'x'.repeat(256) }, { name: '\u001b[2J' }],
        ...[{ kind: 'Two Words' }, { kind: '' }, { mediaType: 'text' }, { mediaType: 'a/b\r\nc' }],
        { summary: 'x'.repeat(10_001) },
      ];
      for (const one of wrong) {
        const [field] = Object.keys(one);
        const refused = { code: 'usage', details: { field } };
        await expect(store('x', one)).rejects.toMatchObject(refused);
      }
      expect(existsSync(folder)).toBe(false);
      await store('x', { name: '../../../etc/passwd', mediaType: 'text/plain; charset=utf-8' });
      expect(readdirSync(folder).toSorted()).toEqual(['2d', 'open']);
    });

    it('of a task that is not there, or under a cancelled call, leave nothing', async () => {
      await expect(store('x', { task: 'none' })).rejects.toMatchObject({ code: 'task_not_found' });
      const signal = AbortSignal.abort();
      await expect(store('x', { signal })).rejects.toMatchObject({ code: 'aborted' });
      expect(await project.store.artifacts({ limit: 10 })).toEqual([]);
    });
  });

  describe('that are read', () => {
    it('come in ranges, and text never with half a character', async () => {
      const text = 'äöü€😀'.repeat(100);
      const { artifactId } = await store(text);
      const [bytes, texts]: [Uint8Array[], string[]] = [[], []];
      for (let offset: number | null = 0; offset !== null; ) {
        const read = await readArtifact(project, { artifactId, offset, bytesMax: 7 });
        bytes.push(read.bytes);
        offset = read.nextOffset;
      }
      for (let offset: number | null = 0; offset !== null; ) {
        const read = await readArtifactText(project, { artifactId, offset, charsMax: 7 });
        texts.push(read.text);
        offset = read.nextOffset;
      }
      expect(Buffer.concat(bytes).toString()).toBe(text);
      expect(texts.join('')).toBe(text);
      const limits = { rangeBytesMax: 10 };
      expect((await readArtifact(project, { artifactId, limits })).bytes).toHaveLength(10);
      for (const offset of [-1, 0.5, 10_000]) {
        const wrong = readArtifact(project, { artifactId, offset });
        await expect(wrong).rejects.toMatchObject({ code: 'usage' });
      }
    });

    it('are refused when they are not what was stored', async () => {
      const { artifactId, sha256: hash } = await store('precious');
      const path = contentPath(folder, hash ?? '');
      const read = (verify: boolean) => readArtifact(project, { artifactId, verify });
      writeFileSync(path, 'PRECIOUS');
      expect(String((await read(false)).bytes)).toBe('PRECIOUS');
      await expect(read(true)).rejects.toMatchObject({ code: 'artifact_damaged' });
      writeFileSync(path, 'short');
      await expect(read(false)).rejects.toMatchObject({ code: 'artifact_damaged' });
      await project.world.files.remove(path);
      await expect(read(false)).rejects.toMatchObject({ code: 'artifact_damaged' });
      // Whoever has the content still puts it back by storing it.
      await store('precious', { name: 'again' });
      expect(String((await read(true)).bytes)).toBe('precious');
      await expect(readArtifact(project, { artifactId: 'none' })).rejects.toMatchObject({
        code: 'artifact_not_found',
      });
    });

    it('are found by an end of their id, and listed in pages', async () => {
      const all: Artifact[] = [];
      for (const name of ['a', 'b', 'c']) all.push(await store(name, { name }));
      const [first] = all;
      const ref = first?.artifactId ?? '';
      expect(await resolveArtifact(project, ref.slice(-10))).toEqual(first);
      await expect(resolveArtifact(project, 'zzzz')).rejects.toMatchObject({
        code: 'artifact_not_found',
      });
      const names: string[] = [];
      for (let cursor: string | null = null; ; ) {
        const page: Awaited<ReturnType<typeof listArtifacts>> = await listArtifacts(project, {
          ...{ task: claimed.id, limit: 2, cursor },
        });
        names.push(...page.artifacts.map(({ name }) => name));
        cursor = page.nextCursor;
        if (cursor === null) break;
      }
      expect(names.toSorted()).toEqual(['a', 'b', 'c']);
      for (const wrong of [{ cursor: 'x' }, { limit: 0 }, { limit: 1_001 }]) {
        await expect(listArtifacts(project, wrong)).rejects.toMatchObject({ code: 'usage' });
      }
    });
  });
});
