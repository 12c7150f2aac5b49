import { Connection } from '../../store/sqlite/connection.ts';
import { storeFault } from '../../store/sqlite/faults.ts';
import type { MigrationFault } from '../migrator.ts';
import { isSound, listBackups } from './backup.ts';
import { readHistory } from './history.ts';
import { lookOnce } from './look.ts';
import { backupFolderOf, type MigrationPlace, patienceOf } from './migration-options.ts';
import { orphansOf } from './survey.ts';
import { untilFree } from './turn.ts';

/**
 * Whether the database is sound, has the declared schema, has kept it since the last change that
 * the history knows, and whether each backup could be restored. Empty when all is well. Reads every
 * page of all of them.
 */
export async function verifyMigrations(place: MigrationPlace): Promise<readonly MigrationFault[]> {
  const { world, path } = place;
  const own = await untilFree(patienceOf(world, {}), () => faultsOf(place));
  const folder = backupFolderOf(place);
  const backups = await listBackups(world, { folder, path });
  const unsound = backups.filter(({ file }) => !isSound(`${folder}/${file}`));
  return [
    ...own,
    ...unsound.map(({ file }) => ({
      code: 'backup_unsound' as const,
      message: `${folder}/${file} is damaged`,
    })),
  ];
}

function faultsOf(place: MigrationPlace): readonly MigrationFault[] {
  const connection = new Connection(place.path, { readOnly: true });
  try {
    const [check] = connection.all<{ quick_check: string }>('PRAGMA quick_check');
    if (check?.quick_check !== 'ok') {
      return [{ code: 'damaged', message: check?.quick_check ?? 'no answer' }];
    }
    return [...orphanFaults(connection), ...schemaFaults(place, connection)];
  } catch (cause) {
    const fault = storeFault(cause);
    if (fault.code !== 'store_corrupt') throw fault;
    return [{ code: 'damaged', message: fault.message }];
  } finally {
    connection.close();
  }
}

function orphanFaults(connection: Connection): readonly MigrationFault[] {
  const tables = new Map<string, number>();
  for (const { table, parent } of orphansOf(connection)) {
    const pair = `rows of ${table} that refer to no row of ${parent}`;
    tables.set(pair, (tables.get(pair) ?? 0) + 1);
  }
  return [...tables].map(([pair, n]) => ({ code: 'orphans', message: `${n} ${pair}` }));
}

function schemaFaults(place: MigrationPlace, connection: Connection): readonly MigrationFault[] {
  const { plan } = lookOnce(place, connection);
  const faults: MigrationFault[] = plan.steps.map(({ kind, object }) => ({
    code: 'not_declared',
    message: `${kind} ${object} is to be done`,
  }));
  faults.push(...plan.refusals.map(({ message }) => ({ code: 'not_declared' as const, message })));
  const last = readHistory(connection).find((row) => row.status !== 'failed');
  if (last !== undefined && last.to_fingerprint !== plan.from) {
    const message = `the schema is not what change ${last.id} in the history made of it`;
    faults.push({ code: 'changed_since', message });
  }
  return faults;
}
