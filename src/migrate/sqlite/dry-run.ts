import { backupDatabase } from '../../store/sqlite/backup.ts';
import type { Connection } from '../../store/sqlite/connection.ts';
import { surroundingsFault } from '../../store/sqlite/surroundings-fault.ts';
import type { World } from '../../world/world.ts';
import { stemOf } from '../backup-name.ts';
import { harmOf } from '../migration-report.ts';
import type { DryRun } from '../migrator.ts';
import { applyPlan } from './apply-plan.ts';
import { requireFree, sizeOf } from './backup.ts';
import { changeFault } from './change-fault.ts';
import { type Look, look } from './look.ts';
import { backupFolderOf, type MigrateOptions } from './migration-options.ts';
import { openForChange } from './open-for-change.ts';
import { surveyOf } from './survey.ts';

/** A copy of a dry run that was killed is removed by the next one after so long. */
const LEFT_AFTER_MS = 3_600_000;

/**
 * Run the plan on a copy of the database, with every statement and every check, and say how long
 * each step took and what came of it. The database itself is only read; the copy is removed.
 *
 * @throws PawlError `backup_failed` when there is no room for the copy; what reading throws.
 */
export async function dryRunMigration(options: MigrateOptions): Promise<DryRun> {
  const { world, path } = options;
  const folder = backupFolderOf(options);
  await world.files.makeDirectory(folder);
  await removeLeft(world, folder, path);
  const copy = `${folder}/${stemOf(path)}-dry-run-${world.ids.uuid()}.db`;
  const startedAt = world.clock.monotonic();
  try {
    if ((await world.files.facts(path)) !== null) await copyTo(copy, folder, options);
    const copyMs = Math.round(world.clock.monotonic() - startedAt);
    return await runOn(copy, options, copyMs);
  } catch (cause) {
    throw surroundingsFault(cause);
  } finally {
    await removeCopy(world, copy);
  }
}

async function copyTo(copy: string, folder: string, options: MigrateOptions): Promise<void> {
  const { world, path, signal } = options;
  await requireFree(world, folder, await sizeOf(world, path));
  const call = signal === undefined ? undefined : { signal };
  await backupDatabase({ world, location: path, memory: null, file: copy, call });
}

async function runOn(copy: string, options: MigrateOptions, copyMs: number): Promise<DryRun> {
  const connection = openForChange(copy, options);
  try {
    connection.all('PRAGMA journal_mode = WAL');
    connection.run('BEGIN IMMEDIATE');
    const seen = look(options, connection);
    const { plan, obstacles } = seen;
    if (seen.settled) return { kind: 'in_sync', plan };
    if (obstacles.length > 0) return { kind: 'refused', plan, obstacles };
    return await tryPlan(options, { connection, seen, copyMs });
  } finally {
    connection.close();
  }
}

async function tryPlan(
  options: MigrateOptions,
  { connection, seen, copyMs }: { connection: Connection; seen: Look; copyMs: number },
): Promise<DryRun> {
  const { world, makePlan, owner, signal } = options;
  const { plan } = seen;
  try {
    const before = surveyOf(connection);
    const applied = await applyPlan({ world, connection, plan, makePlan, before, signal });
    owner?.settle?.(connection, { from: applied.from, to: applied.to });
    const startedAt = world.clock.monotonic();
    connection.run('COMMIT');
    const commitMs = Math.round(world.clock.monotonic() - startedAt);
    const backup = { kind: 'none', why: 'dry_run' } as const;
    const report = { ...applied, class: harmOf(plan.steps), backup };
    return { kind: 'would_apply', plan, report, copyMs, commitMs };
  } catch (cause) {
    const error = changeFault(cause);
    if (error.code === 'aborted') throw error;
    return { kind: 'would_fail', plan, error };
  }
}

async function removeCopy({ files }: World, copy: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    if ((await files.facts(`${copy}${suffix}`)) !== null) await files.remove(`${copy}${suffix}`);
  }
}

async function removeLeft({ files, clock }: World, folder: string, path: string): Promise<void> {
  const start = `${stemOf(path)}-dry-run-`;
  for (const name of (await files.names(folder)).filter((one) => one.startsWith(start))) {
    const facts = await files.facts(`${folder}/${name}`);
    if (facts !== null && facts.mtimeMs < clock.now() - LEFT_AFTER_MS) {
      await files.remove(`${folder}/${name}`);
    }
  }
}
