import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { contentPath, openPath, removedPath } from '../artifacts/artifact-paths.ts';
import type { Artifact } from '../store/artifacts.ts';
import type { ClaimedTask } from '../store/store.ts';
import { appendArtifact } from './append-artifact.ts';
import { completeArtifact } from './complete-artifact.ts';
import { examineArtifacts } from './examine-artifacts.ts';
import { openArtifact } from './open-artifact.ts';
import { readArtifactText } from './read-artifact.ts';
import { storeArtifact } from './store-artifact.ts';
import { tendArtifacts } from './tend-artifacts.ts';

const DAY_MS = 24 * 60 * 60_000;
const LABEL = { kind: 'general', mediaType: 'text/plain', summary: null };
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('tending artifacts', () => {
  let project: ScratchProject;
  let claimed: ClaimedTask;
  let folder: string;
  beforeEach(async () => {
    project = await openScratchProject('- [ ] A-1: one\n');
    folder = join(project.stateDir, 'artifacts');
    [claimed] = (await project.claim(await project.load(), null)) as [ClaimedTask];
  });
  afterEach(() => project.close());

  const held = () => ({ task: claimed.id, fence: claimed.fence });
  const store = (text: string): Promise<Artifact> =>
    storeArtifact(project, { ...LABEL, ...held(), name: text, content: { kind: 'text', text } });
  const tend = (preview = false) => tendArtifacts(project, { preview });
  const textOf = async ({ artifactId }: Artifact): Promise<string> =>
    (await readArtifactText(project, { artifactId, charsMax: 1_000, verify: true })).text;
  /** Content that no row refers to. */
  const orphan = (text: string): string => {
    const path = contentPath(folder, sha256(text));
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  const NOTHING = { dropped: [], folders: 0, contents: 0, bytes: 0 };

  it('of a project without any is nothing', async () => {
    expect(await tend()).toEqual(NOTHING);
    expect(existsSync(folder)).toBe(false);
  });

  it('removes after a grace what nothing refers to, and never what a row refers to', async () => {
    const kept = await store('kept');
    const gone = orphan('orphan');
    expect(await tend()).toEqual(NOTHING);
    project.advance(8 * DAY_MS);
    const young = orphan('young');
    const ahead = new Date(project.world.clock.now());
    utimesSync(young, ahead, ahead);
    const removed = { ...NOTHING, contents: 1, bytes: 6 };
    expect(await tend(true)).toEqual(removed);
    expect(existsSync(gone)).toBe(true);
    expect(await tend()).toEqual(removed);
    expect([existsSync(gone), existsSync(young)]).toEqual([false, true]);
    expect(await tend()).toEqual(NOTHING);
    expect(await textOf(kept)).toBe('kept');
  });

  it('forgets what can never be completed, and keeps what its attempt still sends', async () => {
    const { artifact } = await openArtifact(project, { ...LABEL, ...held(), name: 'stream' });
    const { artifactId } = artifact;
    const own = { artifactId, fence: claimed.fence };
    await appendArtifact(project, { ...own, offset: 0, content: 'half' });
    mkdirSync(openPath(folder, project.world.ids.uuid()), { recursive: true });
    project.advance(8 * DAY_MS);
    expect(await tend()).toEqual({ ...NOTHING, folders: 1 });
    expect((await appendArtifact(project, { ...own, offset: 4, content: '!' })).nextOffset).toBe(5);
    await project.store.afterRestore(1);
    expect(await tend(true)).toMatchObject({ dropped: [artifactId] });
    expect(await tend()).toMatchObject({ dropped: [artifactId] });
    expect(readdirSync(join(folder, 'open'))).toEqual([]);
    expect(await project.store.artifact(artifactId)).toBe(null);
  });

  it('puts back what is referred to after all; readers find it meanwhile', async () => {
    const kept = await store('kept');
    const hash = sha256('kept');
    mkdirSync(join(folder, 'removed'));
    await project.world.files.rename(contentPath(folder, hash), removedPath(folder, hash));
    expect(await textOf(kept)).toBe('kept');
    await tend();
    expect(existsSync(contentPath(folder, hash))).toBe(true);
    expect(readdirSync(join(folder, 'removed'))).toEqual([]);
    // And where it was stored anew in between, the one that is aside is one too many.
    writeFileSync(removedPath(folder, hash), 'kept');
    await tend();
    expect(readdirSync(join(folder, 'removed'))).toEqual([]);
    expect(await textOf(kept)).toBe('kept');
  });

  /** An old orphan, and a store in which it becomes referred to right after it was looked up. */
  const racing = async (act: () => Promise<void>): Promise<Parameters<typeof tendArtifacts>[0]> => {
    orphan('same');
    project.advance(8 * DAY_MS);
    let asked = 0;
    const knownContents: ScratchProject['store']['knownContents'] = async (hashes) => {
      const known = await project.store.knownContents(hashes);
      asked += 1;
      if (asked === 1) await act();
      return known;
    };
    return { ...project, store: { ...project.store, knownContents } };
  };

  it('loses nothing to one that stores the same content at this very moment', async () => {
    let stored: Artifact | null = null;
    const ctx = await racing(async () => {
      stored = await store('same');
    });
    await tendArtifacts(ctx, { preview: false });
    expect(await textOf(stored as unknown as Artifact)).toBe('same');
    expect((await examineArtifacts(project, { hashBytesMax: 1e9 })).faults).toEqual([]);
  });

  it('(negative control) would lose it without the second look', async () => {
    let stored: Artifact | null = null;
    const ctx = await racing(async () => {
      stored = await store('same');
    });
    const blind = { ...ctx.store, knownContents: onceAndNeverAgain(ctx.store.knownContents) };
    await tendArtifacts({ ...ctx, store: blind }, { preview: false });
    await expect(textOf(stored as unknown as Artifact)).rejects.toMatchObject({
      code: 'artifact_damaged',
    });
  });

  it('finds what is missing or damaged, and waits for what is being closed', async () => {
    const [missing, damaged] = [await store('missing'), await store('damaged')];
    await store('sound');
    const { artifact } = await openArtifact(project, { ...LABEL, ...held(), name: 'open' });
    const own = { artifactId: artifact.artifactId, fence: claimed.fence };
    await project.store.sealArtifact({ ...own, sha256: sha256('open'), bytes: 4 });
    await project.world.files.remove(contentPath(folder, sha256('missing')));
    writeFileSync(contentPath(folder, sha256('damaged')), 'DAMAGED');
    const examine = async (hashBytesMax: number) => {
      const { faults, ...rest } = await examineArtifacts(project, { hashBytesMax });
      return { ...rest, faults: faults.map(({ artifactId }) => artifactId).toSorted() };
    };
    const all = { contents: 3, bytes: 19 };
    const ids = [missing.artifactId, damaged.artifactId].toSorted();
    expect(await examine(1_000)).toEqual({ ...all, hashed: 3, faults: ids });
    expect(await examine(0)).toEqual({ ...all, hashed: 0, faults: [missing.artifactId] });
  });

  it('goes on after a crash at every step of completing, without a trace', async () => {
    const steps = ['artifact-assembled', 'artifact-sealed', 'artifact-placed'] as const;
    for (const step of [...steps, 'artifact-completed' as const]) {
      const { artifact } = await openArtifact(project, { ...LABEL, ...held(), name: step });
      const own = { artifactId: artifact.artifactId, fence: claimed.fence };
      await appendArtifact(project, { ...own, offset: 0, content: step });
      const world = {
        ...project.world,
        checkpoint: (name: string) => {
          if (name === step) throw new Error(`crash ${name}`);
        },
      };
      await expect(completeArtifact({ ...project, world }, own)).rejects.toThrow('crash');
      if (step !== 'artifact-completed') {
        // Whoever asks by the name where to go on is told: with this one, at its end.
        const again = await openArtifact(project, { ...LABEL, ...held(), name: step });
        expect(again).toMatchObject({ artifact: own, nextOffset: step.length });
      }
      const done = await completeArtifact(project, own);
      expect(done).toMatchObject({ state: 'complete', sha256: sha256(step) });
      expect(await textOf(done)).toBe(step);
    }
    project.advance(8 * DAY_MS);
    await tend();
    expect(readdirSync(join(folder, 'open'))).toEqual([]);
    expect((await examineArtifacts(project, { hashBytesMax: 1e9 })).faults).toEqual([]);
  });

  it('lets nothing that one call began, and was killed at, block its name', async () => {
    const sealed = { sha256: sha256('never put there'), bytes: 15 };
    const limits = { artifactsPerTaskMax: 9, artifactsBytesMax: 1e9 };
    const artifactId = project.world.ids.uuid();
    const label = { ...LABEL, ...held(), name: 'x' };
    await project.store.openArtifact({ ...label, artifactId, sourcePath: null, sealed, limits });
    const { artifact, nextOffset } = await openArtifact(project, label);
    expect(artifact.artifactId).not.toBe(artifactId);
    expect([artifact.sha256, nextOffset]).toEqual([null, 0]);
  });
});

function onceAndNeverAgain(
  knownContents: ScratchProject['store']['knownContents'],
): ScratchProject['store']['knownContents'] {
  let asked = 0;
  return async (hashes) => {
    asked += 1;
    return asked === 1 ? await knownContents(hashes) : [];
  };
}
