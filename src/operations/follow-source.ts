import { isPawlError } from '../domain/errors.ts';
import { type FoundSource, findSources } from '../importing/find-sources.ts';
import { SAME_MOMENT_MS, sourceSignature, watchedFolders } from '../importing/source-signature.ts';
import { pause } from '../world/timers.ts';
import type { World } from '../world/world.ts';
import { type ImportReport, type ImportSource, importSource } from './import-source.ts';
import type { ProjectContext } from './operation.ts';

export interface FollowSource extends Omit<ImportSource, 'dryRun'> {
  /** Until it aborts the source is followed; what was begun is brought to its end. */
  readonly signal: AbortSignal;
  /** Told of the first import, and of each later one that changed anything. */
  readonly told: (report: ImportReport) => void;
  /** Between two looks, when the file system tells of nothing. */
  readonly pollMs?: number;
}

const POLL_MS = 1_000;
/** Between two imports: whoever takes a task over meanwhile asks more often than that. */
const OTHERS_TURN_MS = 100;

/**
 * Take a source over and keep following whoever still writes it, until told to stop. The last look
 * is taken after that, so that nothing written before is missed.
 *
 * @throws PawlError those of `importSource` for the first import; later a source that is written at
 *   the moment, or gone, is looked at again.
 */
export async function followSource(ctx: ProjectContext, input: FollowSource): Promise<void> {
  const { place, scratchDir, signal, told, pollMs = POLL_MS } = input;
  const { world } = ctx;
  let seen: Look | null = null;
  for (let round = 0; ; round += 1) {
    const isLast = signal.aborted;
    const look: Look = await lookAt(world, place);
    const isNew = seen === null || look.text !== seen.text || seen.isDoubtful;
    if (isNew || isLast) {
      const report = await importAgain(ctx, { place, scratchDir }, round > 0);
      if (report === null) seen = null;
      else {
        seen = look;
        if (round === 0 || isChange(report)) told(report);
      }
    }
    if (isLast) return;
    if (isNew) await pause(world.timers, OTHERS_TURN_MS, signal);
    else await untilChange(world, look.sources, { pollMs, signal });
  }
}

interface Look {
  readonly sources: readonly FoundSource[];
  readonly text: string;
  readonly isDoubtful: boolean;
}

async function lookAt(world: World, place: string): Promise<Look> {
  const sources = await sourcesAt(world, place);
  const signatures = await Promise.all(sources.map((one) => sourceSignature(world.files, one)));
  const newestMs = Math.max(0, ...signatures.map((signature) => signature.newestMs));
  return {
    sources,
    text: signatures.map(({ text }) => text).join('\n'),
    isDoubtful: Math.abs(world.clock.now() - newestMs) < SAME_MOMENT_MS,
  };
}

async function sourcesAt(world: World, place: string): Promise<readonly FoundSource[]> {
  try {
    return await findSources(world.files, place);
  } catch (error) {
    // Nothing, or half of it: somebody writes it just now.
    const passes = ['import_source_unknown', 'import_source_unreadable'] as const;
    if (passes.some((code) => isPawlError(error, code))) return [];
    throw error;
  }
}

/** Null: it could not be read just now; the next look tries again. */
async function importAgain(
  ctx: ProjectContext,
  input: ImportSource,
  mayFail: boolean,
): Promise<ImportReport | null> {
  try {
    return await importSource(ctx, input);
  } catch (error) {
    const passes =
      isPawlError(error) && (error.rule.retryable || error.code.startsWith('import_source'));
    if (!mayFail || !passes) throw error;
    return null;
  }
}

function isChange({ sources }: ImportReport): boolean {
  return sources.some(
    ({ counts, plans }) =>
      counts.added + counts.updated > 0 ||
      plans.some(({ change }) => change === 'added' || change === 'updated'),
  );
}

async function untilChange(
  world: World,
  sources: readonly FoundSource[],
  { pollMs, signal }: { readonly pollMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const changed = new AbortController();
  const folders = sources.flatMap(watchedFolders);
  const watches = folders.map((folder) => world.files.watch(folder, () => changed.abort()));
  try {
    await pause(world.timers, pollMs, AbortSignal.any([signal, changed.signal]));
  } finally {
    for (const one of watches) one.stop();
  }
}
