import {
  contentPath,
  isArtifactId,
  isContentName,
  OPEN_DIR,
  openPath,
  REMOVED_DIR,
  removedPath,
} from '../artifacts/artifact-paths.ts';
import { discardRanges } from '../artifacts/place-content.ts';
import { type ArtifactContext, artifactContext } from './artifact-context.ts';
import { operation, type ProjectContext } from './operation.ts';

export interface TendArtifacts {
  /** What is younger is left alone: somebody may be about to refer to it. At least a minute. */
  readonly graceMs?: number | undefined;
  /** Only say what would be done. */
  readonly preview: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface TendedArtifacts {
  /** Open artifacts whose attempt is over, by their ids: their rows and what was sent. */
  readonly dropped: readonly string[];
  /** Folders of open artifacts that no row stands for any more, or that are complete. */
  readonly folders: number;
  /** Contents that no artifact refers to. */
  readonly contents: number;
  /** Bytes of these contents. */
  readonly bytes: number;
}

export const ARTIFACTS_GRACE_MS = 7 * 24 * 60 * 60_000;
const GRACE_MIN_MS = 60_000;
const BATCH = 500;

/**
 * Remove what no artifact needs: what was sent to artifacts that can never be completed, and
 * content that nothing refers to, after a grace. Whatever a row refers to stays.
 *
 * A content is first put aside, then looked for in the store once more, and only then removed; who
 * refers to it in between puts a copy of its own in place (`placeContent`), which this cannot hit.
 * A process that is killed in between leaves it aside, where it is still found by its readers, and
 * the next one decides anew. Safe with any number of processes at once.
 */
export async function tendArtifacts(
  project: ProjectContext,
  input: TendArtifacts,
): Promise<TendedArtifacts> {
  return await operation(project, { operation: 'tend-artifacts' }, async () => {
    const ctx = artifactContext(project, input);
    const graceMs = Math.max(input.graceMs ?? ARTIFACTS_GRACE_MS, GRACE_MIN_MS);
    const beforeMs = ctx.world.clock.now() - graceMs;
    const tending = new Tending(ctx, beforeMs, input.preview);
    const dropped = await tending.dropOpen();
    const folders = await tending.clearOpen();
    await tending.decideRemoved();
    return { dropped, folders, ...(await tending.clearContents()) };
  });
}

class Tending {
  readonly #ctx: ArtifactContext;
  readonly #beforeMs: number;
  readonly #preview: boolean;

  constructor(ctx: ArtifactContext, beforeMs: number, preview: boolean) {
    this.#ctx = ctx;
    this.#beforeMs = beforeMs;
    this.#preview = preview;
  }

  async dropOpen(): Promise<readonly string[]> {
    const { store, world, artifactsDir } = this.#ctx;
    const all: string[] = [];
    for (;;) {
      const input = { openedBeforeMs: this.#beforeMs, preview: this.#preview };
      const dropped = await store.dropOpenArtifacts(input);
      for (const id of dropped) {
        if (!this.#preview) await discardRanges(world, artifactsDir, id);
      }
      all.push(...dropped);
      if (this.#preview || dropped.length === 0) return all;
    }
  }

  /** What was left by a process that was killed before its last step, or before its first. */
  async clearOpen(): Promise<number> {
    const { store, world, artifactsDir } = this.#ctx;
    let folders = 0;
    for (const name of await this.#names(OPEN_DIR)) {
      const id = name.replace(/\.part$/, '');
      if (!name.endsWith('.part') || !isArtifactId(id)) continue;
      if ((await this.#youngestIn(openPath(artifactsDir, id))) >= this.#beforeMs) continue;
      // Looked up after the folder was found old: who opens one now makes a folder that is young.
      if ((await store.artifact(id))?.state === 'open') continue;
      folders += 1;
      if (!this.#preview) await discardRanges(world, artifactsDir, id);
    }
    return folders;
  }

  async #youngestIn(folder: string): Promise<number> {
    const { files } = this.#ctx.world;
    const names = await files.names(folder).catch(nothingThere);
    const paths = [folder, ...names.map((name) => `${folder}/${name}`)];
    const facts = await Promise.all(paths.map((path) => files.facts(path)));
    return Math.max(0, ...facts.map((one) => one?.mtimeMs ?? 0));
  }

  /** Content that somebody put aside, who perhaps was killed before deciding. */
  async decideRemoved(): Promise<void> {
    if (this.#preview) return;
    const names = (await this.#names(REMOVED_DIR)).filter(isContentName);
    for (const batch of batches(names)) await this.#decide(batch);
  }

  async clearContents(): Promise<{ readonly contents: number; readonly bytes: number }> {
    const found = { contents: 0, bytes: 0 };
    for (const folder of (await this.#names('')).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
      const names = (await this.#names(folder)).filter(isContentName);
      for (const batch of batches(names)) {
        const removed = await this.#clear(batch);
        found.contents += removed.contents;
        found.bytes += removed.bytes;
      }
    }
    return found;
  }

  async #clear(hashes: readonly string[]): Promise<{ contents: number; bytes: number }> {
    const { store, world, artifactsDir } = this.#ctx;
    const known = new Set(await store.knownContents(hashes));
    const aside = new Map<string, number>();
    for (const sha256 of hashes.filter((one) => !known.has(one))) {
      const path = contentPath(artifactsDir, sha256);
      const facts = await world.files.facts(path);
      if (facts === null || facts.mtimeMs >= this.#beforeMs) continue;
      aside.set(sha256, facts.size);
      if (this.#preview) continue;
      await world.files.makeDirectory(`${artifactsDir}/${REMOVED_DIR}`);
      await world.files.rename(path, removedPath(artifactsDir, sha256)).catch(nothingThere);
    }
    const removed = this.#preview ? [...aside.keys()] : await this.#decide([...aside.keys()]);
    const bytes = removed.reduce((sum, sha256) => sum + (aside.get(sha256) ?? 0), 0);
    return { contents: removed.length, bytes };
  }

  /** Of what is aside: put back what is referred to after all, remove the rest. */
  async #decide(hashes: readonly string[]): Promise<readonly string[]> {
    const { store, world, artifactsDir } = this.#ctx;
    const { files } = world;
    const known = new Set(await store.knownContents(hashes));
    const removed: string[] = [];
    for (const sha256 of hashes) {
      const aside = removedPath(artifactsDir, sha256);
      if (known.has(sha256)) {
        // Never over a copy that was put there meanwhile: then this one is one too many.
        await files.link(aside, contentPath(artifactsDir, sha256)).catch(alreadyThere);
      } else {
        removed.push(sha256);
      }
      await files.remove(aside).catch(nothingThere);
    }
    return removed;
  }

  async #names(folder: string): Promise<readonly string[]> {
    const { world, artifactsDir } = this.#ctx;
    const path = folder === '' ? artifactsDir : `${artifactsDir}/${folder}`;
    return await world.files.names(path).catch(nothingThere);
  }
}

function batches(all: readonly string[]): readonly (readonly string[])[] {
  const count = Math.ceil(all.length / BATCH);
  return Array.from({ length: count }, (_, at) => all.slice(at * BATCH, (at + 1) * BATCH));
}

/** Another process was faster, or nothing was ever stored. */
function nothingThere(error: unknown): readonly string[] {
  if ((error as { readonly code?: unknown }).code === 'ENOENT') return [];
  throw error;
}

function alreadyThere(error: unknown): void {
  const { code } = error as { readonly code?: unknown };
  if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
}
