import { basename } from 'node:path';
import { assertNever } from '../domain/errors.ts';
import type { SourceReading } from '../domain/importing/imported-plan.ts';
import type { World } from '../world/world.ts';
import { readBacklog } from './backlog/read-backlog.ts';
import { readBeads } from './beads/read-beads.ts';
import type { SnapshotOptions } from './database/snapshot-database.ts';
import { type FoundSource, storeFolderOf } from './find-sources.ts';
import { readOlderDatabase, readOlderStore, settleOlder } from './older/read-older-store.ts';
import { readPlanFile } from './older/read-plan-file.ts';
import type { DraftReading } from './plan-draft.ts';
import { settlePlan } from './settle-plan.ts';
import { readShrimp } from './shrimp/read-shrimp.ts';
import { textIn } from './source-files.ts';
import { readTaskMaster } from './task-master/read-task-master.ts';

/**
 * Read one source as a whole, without changing a byte or a time of it.
 *
 * @throws PawlError `import_source_busy`, `import_source_unreadable`, `aborted`.
 */
export async function readSource(
  world: World,
  source: FoundSource,
  options: SnapshotOptions,
): Promise<SourceReading> {
  const { kind, place } = source;
  const text = async (): Promise<string> => (await textIn(world.files, place)) ?? '';
  switch (kind) {
    case 'older-orchestrator':
      return await readOlder(world, source, options);
    case 'task-master':
      return settled(source, readTaskMaster(await text(), place));
    case 'shrimp':
      return settled(source, readShrimp(await text(), place));
    case 'beads':
      return settled(source, readBeads(await text(), place));
    case 'backlog':
      return settled(source, await readBacklog(world.files, place));
    default:
      return assertNever(kind);
  }
}

async function readOlder(
  world: World,
  { form, place }: FoundSource,
  options: SnapshotOptions,
): Promise<SourceReading> {
  if (form === 'store') return await readOlderStore(world, place, options);
  const isDatabase = form === 'database';
  const reading = isDatabase
    ? await readOlderDatabase(world, place, options)
    : readPlanFile((await textIn(world.files, place)) ?? '', {
        place,
        nameStem: basename(place, '.json'),
        archived: false,
      });
  const origin = isDatabase ? ('database' as const) : ('active' as const);
  const copies = reading.plans.map((plan) => ({ origin, plan }));
  const { findings } = reading;
  const settledStore = await settleOlder(world, storeFolderOf(place), { copies, findings });
  return { ...settledStore, place };
}

function settled({ kind, place }: FoundSource, reading: DraftReading): SourceReading {
  const plans = reading.plans.map(settlePlan);
  return {
    kind,
    place,
    plans: plans.map(({ plan }) => plan),
    findings: [...reading.findings, ...plans.flatMap(({ findings }) => findings)],
  };
}
