import { createHash } from 'node:crypto';
import { PawlError } from '../domain/errors.ts';
import type { OpenFile } from '../world/files.ts';
import type { World } from '../world/world.ts';
import { openPath } from './artifact-paths.ts';
import { rangesUpTo } from './range-files.ts';

/** Content in one durable file that is nobody's yet; see `placeContent`. */
export interface GatheredContent {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What is held in memory of a content at a time. */
export const CHUNK_BYTES = 1024 * 1024;

export interface GatherRanges {
  readonly artifactId: string;
  /** Where the content ends. */
  readonly bytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Write the ranges of an open artifact into one file, hashing them on the way. They stay: whoever
 * is killed here begins again, and nothing is lost.
 */
export async function gatherRanges(
  world: World,
  artifactsDir: string,
  input: GatherRanges,
): Promise<GatheredContent> {
  const { artifactId, signal } = input;
  const folder = openPath(artifactsDir, artifactId);
  const ranges = await rangesUpTo(world.files, folder, input.bytes);
  const gathering = new Gathering(world, folder);
  return await gathering.run(async () => {
    for (const { path } of ranges) {
      const file = await world.files.open(path);
      try {
        await gathering.takeAll(file, signal);
      } finally {
        await file.close();
      }
    }
    if (gathering.bytes === input.bytes) return;
    const message = `of ${input.bytes} bytes of ${artifactId}, ${gathering.bytes} are there`;
    throw new PawlError('artifact_damaged', message, { details: { artifactId } });
  });
}

/** The same with an open file, or with bytes; `artifact_too_large` above `bytesMax`. */
export async function gatherFrom(
  world: World,
  artifactsDir: string,
  input: {
    readonly artifactId: string;
    readonly source: OpenFile | Uint8Array;
    readonly bytesMax: number;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<GatheredContent> {
  const { artifactId, source, bytesMax, signal } = input;
  const gathering = new Gathering(world, openPath(artifactsDir, artifactId), bytesMax);
  return await gathering.run(async () => {
    if (source instanceof Uint8Array) await gathering.take(source);
    else await gathering.takeAll(source, signal);
  });
}

/** One file that grows. Whatever goes wrong, it is gone afterwards. */
class Gathering {
  bytes = 0;
  readonly #world: World;
  readonly #folder: string;
  readonly #path: string;
  readonly #bytesMax: number;
  readonly #hash = createHash('sha256');
  readonly #chunk = new Uint8Array(CHUNK_BYTES);

  constructor(world: World, folder: string, bytesMax = Number.POSITIVE_INFINITY) {
    this.#world = world;
    this.#folder = folder;
    this.#path = `${folder}/${world.ids.uuid()}.whole`;
    this.#bytesMax = bytesMax;
  }

  async run(fill: () => Promise<void>): Promise<GatheredContent> {
    const { files } = this.#world;
    await files.makeDirectory(this.#folder);
    try {
      await files.write(this.#path, '');
      await fill();
      await files.syncFile(this.#path);
    } catch (error) {
      if ((await files.facts(this.#path)) !== null) await files.remove(this.#path);
      throw error;
    }
    return { path: this.#path, bytes: this.bytes, sha256: this.#hash.digest('hex') };
  }

  async takeAll(file: OpenFile, signal: AbortSignal | undefined): Promise<void> {
    for (let offset = 0; ; ) {
      if (signal?.aborted === true) throw new PawlError('aborted', 'the call was cancelled');
      const read = await file.readInto(this.#chunk, offset);
      if (read === 0) return;
      await this.take(this.#chunk.subarray(0, read));
      offset += read;
    }
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.bytes += chunk.length;
    if (this.bytes > this.#bytesMax) {
      throw new PawlError('artifact_too_large', `it is larger than ${this.#bytesMax} bytes`, {
        details: { limit: 'artifactBytesMax', artifactBytesMax: this.#bytesMax },
      });
    }
    this.#hash.update(chunk);
    await this.#world.files.append(this.#path, chunk);
  }
}
