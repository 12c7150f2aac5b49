import { type MigrationDesk, openMigrationDesk } from '../../app/store-migrator.ts';
import { applyMigration } from '../../operations/migrate-apply.ts';
import { tryMigration } from '../../operations/migrate-dry-run.ts';
import { getMigrationHistory } from '../../operations/migrate-history.ts';
import { planMigration } from '../../operations/migrate-plan.ts';
import { listStoredBackups, restoreStore } from '../../operations/migrate-restore.ts';
import { getMigrationStatus } from '../../operations/migrate-status.ts';
import { verifySchema } from '../../operations/migrate-verify.ts';
import type {
  DryRun,
  MigrationFault,
  MigrationStatus,
} from '../../operations/migration-context.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { migrationPlanLines, migrationStatusLines } from '../render/migration-lines.ts';
import {
  backupLines,
  dryRunLines,
  faultLines,
  historyLines,
  outcomeLines,
  restoredLines,
} from '../render/migration-runs.ts';
import type { LineStyle } from '../render/task-lines.ts';

const DONE = 0;
const FAILED = 1;
const REFUSED = 3;
/** Pending, or changed by hand. */
const NOT_IN_SYNC = 5;

const STATUS_EXIT: Readonly<Record<MigrationStatus['state'], number>> = {
  ...{ in_sync: DONE, drift: NOT_IN_SYNC, pending: NOT_IN_SYNC },
  ...{ refused: REFUSED, failed: FAILED },
};

const DRY_RUN_EXIT: Readonly<Record<DryRun['kind'], number>> = {
  ...{ in_sync: DONE, would_apply: NOT_IN_SYNC, refused: REFUSED, would_fail: FAILED },
};

/** A schema that differs is news; damage is a fault. */
const FAULT_EXIT: Readonly<Record<MigrationFault['code'], number>> = {
  ...{ not_declared: NOT_IN_SYNC, changed_since: NOT_IN_SYNC },
  ...{ damaged: FAILED, orphans: FAILED, backup_unsound: FAILED },
};

/** What can be asked of the schema; each opens the database by itself and migrates nothing. */
const VERBS = {
  status: async (desk, invocation) => {
    const status = await getMigrationStatus(desk);
    const data = { database: desk.migrator.path, ...status };
    answer(invocation, 'migrate-status', data, () =>
      migrationStatusLines({ ...data, ...kept(desk) }, styleOf(invocation)),
    );
    return STATUS_EXIT[status.state];
  },
  plan: async (desk, invocation) => {
    const plan = await planMigration(desk);
    const data = { database: desk.migrator.path, ...plan };
    answer(invocation, 'migrate-plan', data, () =>
      migrationPlanLines({ ...data, ...kept(desk) }, styleOf(invocation)),
    );
    return STATUS_EXIT[plan.state];
  },
  'dry-run': async (desk, invocation) => {
    const dry = await tryMigration(desk);
    const { path } = desk.migrator;
    answer(invocation, 'migrate-dry-run', { database: path, ...dry, ...errorOf(dry) }, () =>
      dryRunLines(dry, styleOf(invocation)),
    );
    return DRY_RUN_EXIT[dry.kind];
  },
  apply: async (desk, invocation) => {
    const outcome = await applyMigration(desk);
    const data = { database: desk.migrator.path, ...outcome };
    answer(invocation, 'migrate-apply', data, () => outcomeLines(outcome, styleOf(invocation)));
    return DONE;
  },
  history: async (desk, invocation) => {
    const entries = await getMigrationHistory(desk);
    const data = { database: desk.migrator.path, entries };
    answer(invocation, 'migrate-history', data, () => historyLines(entries, styleOf(invocation)));
    return DONE;
  },
  verify: async (desk, invocation) => {
    const faults = await verifySchema(desk);
    const data = { database: desk.migrator.path, sound: faults.length === 0, faults };
    answer(invocation, 'migrate-verify', data, () => faultLines(faults, styleOf(invocation)));
    const codes = faults.map(({ code }) => FAULT_EXIT[code]);
    return codes.includes(FAILED) ? FAILED : Math.max(DONE, ...codes);
  },
  schema: (desk, invocation) => {
    const { declared } = desk.migrator;
    answer(invocation, 'migrate-schema', { statements: declared }, () => [
      declared.map((sql) => `${sql};`).join('\n\n'),
    ]);
    return Promise.resolve(DONE);
  },
} as const satisfies Readonly<
  Record<string, (desk: MigrationDesk, invocation: Invocation) => Promise<number>>
>;

/** Those of them that change something, and are worth a line in the log. */
const LOGGED: readonly string[] = ['apply'];

/** `pawl migrate VERB`. */
export async function migrateCommand(
  invocation: Invocation,
  verb: keyof typeof VERBS,
): Promise<number> {
  return await atDesk(invocation, LOGGED.includes(verb), (desk) => VERBS[verb](desk, invocation));
}

/** `pawl migrate restore [BACKUP]`; without one, what there is. */
export async function restoreCommand(
  invocation: Invocation,
  backup: string | undefined,
): Promise<number> {
  return await atDesk(invocation, true, async (desk) => {
    const style = styleOf(invocation);
    if (backup === undefined) {
      const backups = await listStoredBackups(desk);
      const { backupFolder: folder } = desk.migrator;
      const { command } = invocation;
      answer(invocation, 'migrate-backups', { folder, backups }, () =>
        backupLines(backups, { folder, command }, style),
      );
      return DONE;
    }
    const restored = await restoreStore(desk, { backup, dir: invocation.dir });
    const { state } = await getMigrationStatus(desk);
    const isDeclared = state === 'in_sync' || state === 'drift';
    answer(invocation, 'migrate-restore', { ...restored, state }, () =>
      restoredLines(restored, { isDeclared }, style),
    );
    return DONE;
  });
}

async function atDesk(
  { dir, listPath }: Invocation,
  logs: boolean,
  work: (desk: MigrationDesk) => Promise<number>,
): Promise<number> {
  const desk = await openMigrationDesk({ dir, listPath, logs });
  try {
    return await work(desk);
  } finally {
    await desk.close();
  }
}

const styleOf = ({ terminal }: Invocation): LineStyle => ({
  width: terminal.columns,
  paint: terminal.paint,
});

const kept = ({ migrator: { keepsBackups } }: MigrationDesk) => ({ keepsBackups });

/** An error is no plain data by itself. */
function errorOf(dry: DryRun): { readonly error?: unknown } {
  if (dry.kind !== 'would_fail') return {};
  const { code, message, details } = dry.error;
  return { error: { code, message, remedy: dry.error.rule.remedy, details } };
}
