import type { SourceReading } from '../domain/importing/imported-plan.ts';
import type { FoundSource } from '../importing/find-sources.ts';
import { readSource } from '../importing/read-source.ts';
import { SAME_MOMENT_MS, sourceSignature } from '../importing/source-signature.ts';
import type { ProjectContext } from './operation.ts';

type ReadingContext = Pick<ProjectContext, 'world' | 'log'>;

export interface KeepReading {
  readonly scratchDir: string;
  /** Where it is kept between two processes; null: nowhere. */
  readonly path: string | null;
  /** How often a database that is written meanwhile is read again; see `snapshotDatabase`. */
  readonly triesMax?: number;
}

/** What a file of ours looks like; another number when it changes. */
const FORM = 1;

interface Kept {
  readonly form: number;
  readonly signature: string;
  readonly reading: SourceReading;
}

/**
 * Reads a source again only when its files changed. A reading is kept where its files had been left
 * alone for a while: a later change then shows in their times.
 */
export class OlderReading {
  #kept: Kept | null = null;

  /** What was read last, however old it is by now. */
  get last(): SourceReading | null {
    return this.#kept?.reading ?? null;
  }

  /** @throws PawlError `import_source_busy`, `import_source_unreadable`. */
  async read(
    ctx: ReadingContext,
    source: FoundSource,
    options: KeepReading,
  ): Promise<SourceReading> {
    const { world } = ctx;
    const begunMs = world.clock.now();
    const { text, newestMs } = await sourceSignature(world.files, source);
    if (this.#kept?.signature !== text) this.#kept = (await keptIn(ctx, options)) ?? this.#kept;
    if (this.#kept?.signature === text) return this.#kept.reading;
    const { path: _path, ...reads } = options;
    const reading = await readSource(world, source, reads);
    const isSettled = Math.abs(begunMs - newestMs) >= SAME_MOMENT_MS;
    const isSame = (await sourceSignature(world.files, source)).text === text;
    this.#kept = { form: FORM, signature: isSettled && isSame ? text : '', reading };
    if (isSettled && isSame) await keep(ctx, options, this.#kept);
    return reading;
  }
}

async function keptIn(
  { world: { files } }: ReadingContext,
  { path }: KeepReading,
): Promise<Kept | null> {
  try {
    if (path === null || (await files.facts(path)) === null) return null;
    const kept = JSON.parse(new TextDecoder().decode(await files.read(path))) as Partial<Kept>;
    return kept?.form === FORM ? (kept as Kept) : null;
  } catch {
    return null; // whatever became of it: the source is read
  }
}

async function keep({ world, log }: ReadingContext, { path }: KeepReading, kept: Kept) {
  if (path === null) return;
  try {
    await world.files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    await world.files.replace(path, JSON.stringify(kept));
  } catch (error) {
    log.warn('source.unkept', { path }, error);
  }
}
