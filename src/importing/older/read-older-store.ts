import { dirname } from 'node:path';
import type {
  ImportedPlan,
  ImportFinding,
  SourceReading,
} from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import type { World } from '../../world/world.ts';
import { OLDER_DATABASES } from '../database/older-databases.ts';
import { hasBreakdownTables, readBreakdownTables } from '../database/read-breakdown-tables.ts';
import { hasTaskTable, readTaskTable } from '../database/read-task-table.ts';
import { type SnapshotOptions, snapshotDatabase } from '../database/snapshot-database.ts';
import { TableReader } from '../database/table-reader.ts';
import type { DraftReading, PlanDraft, TaskDraft } from '../plan-draft.ts';
import { settlePlan } from '../settle-plan.ts';
import { namesIn } from '../source-files.ts';
import { mergeCopies, type PlanCopy } from './merge-copies.ts';
import { readPlanFolders } from './read-plan-folders.ts';
import { resolveArtifacts } from './resolve-artifacts.ts';

/**
 * Everything that lies in one `.task_orchestrator`: plan files, the database of v1.2 to v1.8, the
 * three of the newest layout. All of it is one install, so its copies of a plan are merged.
 */
export async function readOlderStore(
  world: World,
  storeDir: string,
  options: SnapshotOptions,
): Promise<SourceReading> {
  const { files } = world;
  const folders = await readPlanFolders(files, `${storeDir}/tasks`);
  const copies: PlanCopy[] = [...folders.copies];
  const findings: ImportFinding[] = [...folders.findings];
  for (const name of OLDER_DATABASES) {
    const path = `${storeDir}/${name}`;
    if ((await files.facts(path))?.kind !== 'file') continue;
    const reading = await readOlderDatabase(world, path, options);
    copies.push(...reading.plans.map((plan) => ({ origin: 'database' as const, plan })));
    findings.push(...reading.findings);
  }
  findings.push(...(await readBeside(world, storeDir)));
  return await settleOlder(world, storeDir, { copies, findings });
}

/** One database file of the older orchestrator, wherever it lies. */
export async function readOlderDatabase(
  world: World,
  path: string,
  options: SnapshotOptions,
): Promise<DraftReading> {
  const snapshot = await snapshotDatabase(world, path, options);
  try {
    const database = new TableReader(snapshot.path, path);
    try {
      database.examine();
      return readTables(database);
    } finally {
      database.close();
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { plans: [], findings: [importFinding('file_unreadable', { place: path }, why)] };
  } finally {
    await snapshot.dispose();
  }
}

function readTables(database: TableReader): DraftReading {
  if (hasBreakdownTables(database)) return readBreakdownTables(database);
  if (hasTaskTable(database)) return readTaskTable(database);
  const { place, tables, findings } = database;
  if (tables.length === 0) return { plans: [], findings };
  const message = `its tables (${tables.slice(0, TABLES_SHOWN).join(', ')}) hold no plans`;
  return {
    plans: [],
    findings: [...findings, importFinding('file_not_taken', { place }, message)],
  };
}

const TABLES_SHOWN = 5;

/** Sessions and roles: no plan is lost by leaving them, and that is said. */
async function readBeside({ files }: World, storeDir: string): Promise<readonly ImportFinding[]> {
  const names = await namesIn(files, storeDir);
  const sessions = names.filter((name) => /^session_.*\.json$/.test(name));
  const findings: ImportFinding[] = [];
  if (sessions.length > 0) {
    const message = `${sessions.length} sessions, to which no task belongs`;
    findings.push(importFinding('data_not_taken', { place: storeDir }, message));
  }
  return findings;
}

/** Merge copies, find what they refer to, and settle the plans. */
export async function settleOlder(
  { files }: World,
  storeDir: string,
  {
    copies,
    findings,
  }: { readonly copies: readonly PlanCopy[]; readonly findings: readonly ImportFinding[] },
): Promise<SourceReading> {
  const merged = mergeCopies(copies);
  const all: ImportFinding[] = [...findings, ...merged.findings];
  const places = { root: dirname(storeDir), storeDir };
  const plans: ImportedPlan[] = [];
  for (const draft of merged.plans) {
    const { plan, findings: own } = settlePlan(await withArtifacts(files, places, draft, all));
    plans.push(plan);
    all.push(...own);
  }
  return { kind: 'older-orchestrator', place: storeDir, plans, findings: all };
}

async function withArtifacts(
  files: World['files'],
  places: { readonly root: string; readonly storeDir: string },
  draft: PlanDraft,
  findings: ImportFinding[],
): Promise<PlanDraft> {
  const tasks: TaskDraft[] = [];
  for (const task of draft.tasks) {
    const { references = [], taskId, place } = task;
    if (references.length === 0) {
      tasks.push(task);
      continue;
    }
    const { planId } = draft;
    const found = await resolveArtifacts(files, places, { taskId, planId, place, references });
    findings.push(...found.findings);
    tasks.push({ ...task, artifacts: [...(task.artifacts ?? []), ...found.artifacts] });
  }
  return { ...draft, tasks };
}
