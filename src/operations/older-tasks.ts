import { isPawlError, PawlError } from '../domain/errors.ts';
import {
  IMPORT_FINDINGS,
  type ImportedPlan,
  type ImportFinding,
  type SourceReading,
} from '../domain/importing/imported-plan.ts';
import type { FoundSource } from '../importing/find-sources.ts';
import { OLDER_FOLDER } from '../importing/older/older-folder.ts';
import { readSource } from '../importing/read-source.ts';
import { importArtifacts } from './import-artifacts.ts';
import { importInput, importLock, type Outcome, sourceId } from './import-identity.ts';
import { underEditLock } from './list-edit-lock.ts';
import { olderPlanView } from './older-plan-view.ts';
import { OlderReading } from './older-reading.ts';
import type { OlderLook, OlderStore, OlderTrouble } from './older-store.ts';
import type { ProjectContext } from './operation.ts';

export interface OlderPlaces {
  /** A folder for copies of databases. */
  readonly scratchDir: string;
  /** Where a reading is kept between two processes; null: nowhere. */
  readonly keptPath: string | null;
}

/** Whoever only looks does not wait for a server that writes all the time: about a second. */
const LOOK_TRIES_MAX = 40;

/** Reading from both: the store of Pawl, and the `.task_orchestrator` beside it. */
export function readOlderTasks(
  ctx: ProjectContext,
  {
    places,
    begin,
  }: {
    /** Asked each time: a project may get a folder of its own meanwhile. */
    readonly places: () => OlderPlaces;
    /** Called before anything is taken over. */
    begin(): Promise<void>;
  },
): OlderStore {
  const place = `${ctx.root}/${OLDER_FOLDER}`;
  const source: FoundSource = { kind: 'older-orchestrator', form: 'store', place };
  const id = sourceId(ctx.root, place, source.kind);
  const readings = new OlderReading();
  const look = async (why?: 'toChange'): Promise<OlderLook> => {
    const { scratchDir, keptPath: path } = places();
    const patience = why === 'toChange' ? {} : { triesMax: LOOK_TRIES_MAX };
    const options = { scratchDir, path, ...patience };
    const { reading, trouble } = await readGently(readings, () =>
      readings.read(ctx, source, options),
    );
    if (reading === null) return { plans: [], trouble };
    const { tasks } = await ctx.store.importedKeys(id);
    const nowMs = ctx.world.clock.now();
    const plans = reading.plans
      .map((plan) => olderPlanView(plan, (taskId) => !tasks.has(keyOf(plan, taskId)), nowMs))
      .filter((plan) => plan.tasks.length > 0)
      .toSorted((a, b) => (a.parentTaskId < b.parentTaskId ? -1 : 1));
    return { plans, trouble: trouble ?? troubleOf(reading) };
  };
  return {
    look,
    takeOver: async (parentTaskId) => {
      const { plans } = await look('toChange');
      if (!plans.some((plan) => plan.parentTaskId === parentTaskId)) return false;
      await begin();
      const lock = { kind: 'stored', store: ctx.store, name: importLock(id) } as const;
      // Read within the lock: whoever read earlier must not write later.
      return await underEditLock(ctx.world, lock, { isLong: true }, async () => {
        const { scratchDir } = places();
        const reading = await readSource(ctx.world, source, { scratchDir });
        return await takeOver(ctx, reading, parentTaskId);
      });
    },
  };
}

function keyOf(plan: ImportedPlan, taskId: string): string {
  return JSON.stringify([plan.key, taskId]);
}

async function takeOver(
  ctx: ProjectContext,
  reading: SourceReading,
  parentTaskId: string,
): Promise<boolean> {
  const found = reading.plans.filter(({ planId }) => planId === parentTaskId);
  const outcomes: Outcome[] = [];
  for (const plan of found) {
    const input = importInput(ctx.root, reading, plan);
    const outcome = await ctx.store.importPlan(input);
    outcomes.push({ input, outcome, verified: await ctx.store.checkImport(input) });
  }
  await importArtifacts(ctx, { outcomes });
  for (const { outcome } of outcomes) {
    const { kind, place } = reading;
    ctx.log.info('source.imported', { kind, place, breakdown: outcome.parentTaskId });
  }
  return found.length > 0;
}

/** Whatever is wrong with it over there is told, and no reason to fail here. */
async function readGently(
  readings: OlderReading,
  read: () => Promise<SourceReading>,
): Promise<{ readonly reading: SourceReading | null; readonly trouble: OlderTrouble | null }> {
  try {
    return { reading: await read(), trouble: null };
  } catch (cause) {
    const { code, message, rule } = unreadable(cause);
    return { reading: readings.last, trouble: { code, message, remedy: rule.remedy } };
  }
}

/** A refusal of the system, such as that of a folder, is one of the source. */
function unreadable(cause: unknown): PawlError {
  if (isPawlError(cause)) return cause;
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string' || !/^E[A-Z0-9]+$/.test(code)) throw cause;
  return new PawlError('import_source_unreadable', String(message), { cause });
}

/** What lies there and could not be read. */
function troubleOf({ findings }: SourceReading): OlderTrouble | null {
  const lost = findings.filter(({ code }: ImportFinding) => code === 'file_unreadable');
  const [first] = lost;
  if (first === undefined) return null;
  const more = lost.length > 1 ? `, and ${lost.length - 1} more` : '';
  const message = `${first.place} cannot be read: ${first.message}${more}`;
  return { code: first.code, message, remedy: IMPORT_FINDINGS.file_unreadable[1] };
}
