import { breakdownPath } from '../domain/breakdown/list-path.ts';
import type {
  ImportFinding,
  SourceKind,
  SourceReading,
} from '../domain/importing/imported-plan.ts';
import { findSources } from '../importing/find-sources.ts';
import { readSource } from '../importing/read-source.ts';
import type { ImportCheck, ImportPlan, PlanImport } from '../store/imports.ts';
import type { Store } from '../store/store.ts';
import { type ArtifactCounts, importArtifacts, NO_ARTIFACTS } from './import-artifacts.ts';
import { importInput, importLock, type Outcome, sourceId } from './import-identity.ts';
import { underEditLock } from './list-edit-lock.ts';
import { operation, type ProjectContext, underSignal } from './operation.ts';

export interface ImportSource {
  /** A project, the folder of a store, or one file; absolute. */
  readonly place: string;
  /** Only say what would change. */
  readonly dryRun?: boolean;
  /** Where copies of databases are read: a folder that may be written. */
  readonly scratchDir: string;
  readonly signal?: AbortSignal;
}

export interface ImportReport {
  readonly dryRun: boolean;
  readonly sources: readonly SourceReport[];
}

/** What an import did, or would do, with one source. */
export interface SourceReport {
  readonly kind: SourceKind;
  readonly place: string;
  readonly plans: readonly PlanReport[];
  readonly counts: ImportCounts;
  readonly artifacts: ArtifactCounts;
  readonly findings: readonly ImportFinding[];
}

export interface PlanReport extends Omit<PlanImport, 'findings'> {
  readonly planId: string;
  readonly title: string;
  /** What was read again after it was committed; null in a dry run. */
  readonly verified: ImportCheck | null;
}

/** Of tasks. */
export interface ImportCounts {
  readonly read: number;
  readonly added: number;
  readonly updated: number;
  readonly same: number;
  /** Changed over there, and here too: what is here stays. */
  readonly kept: number;
  /** Read again after the commit, and equal to the source. */
  readonly verified: number;
}

type ImportContext = Pick<ProjectContext, 'world' | 'log' | 'root' | 'stateDir'>;

/**
 * Take over everything that Pawl knows at a place. Each plan is one transaction, in which it is
 * read again and compared before it is committed; what was taken over before is brought up to date,
 * and what was changed here since stays as it is. The source is only read.
 *
 * @throws PawlError `import_source_unknown`, `import_source_busy`, `import_source_unreadable`,
 *   `import_not_verified` (plans before that one are imported), `aborted`.
 */
export async function importSource(
  ctx: ProjectContext,
  input: ImportSource,
): Promise<ImportReport> {
  const span = { operation: 'import-source', place: input.place };
  return await operation(ctx, span, async () => {
    const { place, dryRun = false, signal } = input;
    const own = underSignal(ctx, signal);
    const found = await findSources(ctx.world.files, place);
    const sources: SourceReport[] = [];
    for (const source of found) {
      const take = async (): Promise<SourceReport> => {
        const reading = await readSource(ctx.world, source, input);
        return dryRun
          ? await preview(own, own.store, reading)
          : await takeOver(own, reading, input);
      };
      if (dryRun) sources.push(await take());
      else {
        // Whoever read the source earlier must not write later.
        const name = importLock(sourceId(ctx.root, source.place, source.kind));
        const lock = { kind: 'stored', store: ctx.store, name } as const;
        sources.push(
          await underEditLock(ctx.world, lock, { ...signalOf(signal), isLong: true }, take),
        );
      }
    }
    return { dryRun, sources };
  });
}

function signalOf(signal: AbortSignal | undefined): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** The same as `importSource` with `dryRun`, for a project that has no store yet. */
export async function previewImport(
  ctx: ImportContext & { readonly store: Store | null },
  input: ImportSource,
): Promise<ImportReport> {
  return await operation(ctx, { operation: 'preview-import', place: input.place }, async () => {
    const sources: SourceReport[] = [];
    for (const source of await findSources(ctx.world.files, input.place)) {
      const reading = await readSource(ctx.world, source, input);
      sources.push(await preview(ctx, ctx.store, reading));
    }
    return { dryRun: true, sources };
  });
}

async function preview(
  ctx: Pick<ImportContext, 'root'>,
  store: Store | null,
  reading: SourceReading,
): Promise<SourceReport> {
  const outcomes: Outcome[] = [];
  for (const input of inputsOf(ctx, reading)) {
    const outcome = store === null ? asNew(input) : await store.previewImport(input);
    outcomes.push({ input, outcome, verified: null });
  }
  return reportOf(reading, outcomes, NO_ARTIFACTS);
}

function asNew({ plan }: ImportPlan): PlanImport {
  return {
    ...{ parentTaskId: plan.planId, listId: null, list: breakdownPath(plan.planId) },
    ...{ change: 'added', findings: [] },
    tasks: plan.tasks.map(({ taskId }) => ({ taskId, id: null, change: 'added' })),
  };
}

async function takeOver(
  ctx: ProjectContext,
  reading: SourceReading,
  { signal }: ImportSource,
): Promise<SourceReport> {
  const outcomes: Outcome[] = [];
  for (const input of inputsOf(ctx, reading)) {
    const outcome = await ctx.store.importPlan(input);
    outcomes.push({ input, outcome, verified: await ctx.store.checkImport(input) });
  }
  const artifacts = await importArtifacts(ctx, { outcomes, ...signalOf(signal) });
  const report = reportOf(reading, outcomes, artifacts.counts, artifacts.findings);
  const { added, updated, kept } = report.counts;
  ctx.log.info('source.imported', {
    kind: reading.kind,
    place: reading.place,
    added,
    updated,
    kept,
  });
  return report;
}

function inputsOf(
  { root }: Pick<ImportContext, 'root'>,
  reading: SourceReading,
): readonly ImportPlan[] {
  return reading.plans.map((plan) => importInput(root, reading, plan));
}

function reportOf(
  { kind, place, findings }: SourceReading,
  outcomes: readonly Outcome[],
  artifacts: ArtifactCounts,
  more: readonly ImportFinding[] = [],
): SourceReport {
  const tasks = outcomes.flatMap(({ outcome }) => outcome.tasks);
  const count = (change: PlanImport['change']): number =>
    tasks.filter((task) => task.change === change).length;
  return {
    ...{ kind, place, artifacts },
    plans: outcomes.map(({ input: { plan }, outcome: { findings: _, ...outcome }, verified }) => ({
      ...outcome,
      ...{ planId: plan.planId, title: plan.title, verified },
    })),
    counts: {
      read: tasks.length,
      added: count('added'),
      updated: count('updated'),
      same: count('same'),
      kept: count('kept'),
      verified: outcomes.reduce((sum, { verified }) => sum + (verified?.tasks ?? 0), 0),
    },
    findings: [...findings, ...outcomes.flatMap(({ outcome }) => outcome.findings), ...more],
  };
}
