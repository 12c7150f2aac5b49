import { basename } from 'node:path';
import { schemaRemarks } from '../operations/diagnose-schema.ts';
import type { ProbeHealth } from '../operations/probe-health.ts';
import { listEveryBackup } from './backups.ts';
import { schemaState } from './schema-state.ts';
import { storeAddress } from './store-address.ts';
import type { Workspace } from './workspace.ts';

/** What the migrator and the folder of backups say, now. */
export async function healthFacts(
  workspace: Workspace,
): Promise<Pick<ProbeHealth, 'schema' | 'backups'>> {
  const { world, stateDir } = workspace;
  // On a server a comparison makes tables of its own, if only for itself: once asked for is enough.
  const isOnServer = (await storeAddress({ world, stateDir })) !== null;
  const state = isOnServer ? null : await schemaState({ world, stateDir });
  const remarks = state === null ? [] : schemaRemarks(state);
  const folder = `${stateDir}/backups`;
  const paths = await listEveryBackup({ world, folder });
  const facts = await Promise.all(
    paths.map(async (path) => ({ path, mtimeMs: (await world.files.facts(path))?.mtimeMs ?? 0 })),
  );
  return {
    schema: {
      ok: remarks.every(({ severity }) => severity !== 'fault'),
      message: remarks.map(({ message }) => message).join('; ') || 'as this version declares it',
    },
    backups: facts.map(({ path, mtimeMs }) => ({ name: basename(path), atMs: mtimeMs })),
  };
}
