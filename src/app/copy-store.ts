import { homedir } from 'node:os';
import { basename, dirname } from 'node:path';
import { environment } from '../config/environment.ts';
import { type StorePlace, storePlace } from '../config/store-place.ts';
import { declaredSchema as declaredOnServer } from '../migrate/postgres/declared-schema.ts';
import { declaredSchema as declaredInFile } from '../migrate/sqlite/declared-schema.ts';
import { createLogger } from '../observe/create-logger.ts';
import { type Logger, silentLogger } from '../observe/logger.ts';
import type { FinishedCopy, StoreCopier, StoreCopy } from '../operations/copy-store.ts';
import { DIRECTIVES } from '../schema/directives.ts';
import { PAWL_SCHEMA, type StoreSchema } from '../schema/store-schema.ts';
import { copiedTables } from '../store/copy/copied-tables.ts';
import type { CopySource, CopyTarget } from '../store/copy/copy-port.ts';
import { copyStore } from '../store/copy/copy-store.ts';
import { withServerSource } from '../store/postgres/copy-source.ts';
import { withServerTarget } from '../store/postgres/copy-target.ts';
import {
  finishedCopy,
  hasFinishedCopy as hasFinishedCopyOnServer,
} from '../store/postgres/finished-copy.ts';
import { locationOf } from '../store/postgres/location.ts';
import { withFileSource } from '../store/sqlite/copy-source.ts';
import { withFileTarget } from '../store/sqlite/copy-target.ts';
import {
  hasFinishedCopy as hasFinishedCopyInFile,
  withFinishedCopy,
} from '../store/sqlite/finished-copy.ts';
import { createRealWorld } from '../world/real-world.ts';
import type { World } from '../world/world.ts';
import { readEpoch, writeEpoch } from './epoch.ts';
import { findProject, folderOf, STATE_DIR } from './find-project.ts';
import { addressToOpen, forgetServer } from './server-note.ts';
import { throughOutages } from './through-outages.ts';

/** What copies a store from one place to another, reached without opening either of them. */
export interface CopyDesk {
  readonly world: World;
  readonly log: Logger;
  readonly copier: StoreCopier;
  close(): Promise<void>;
}

/**
 * Make ready to copy the store of the project of `dir` (or the one at `from`) to `to`.
 *
 * @throws PawlError `usage`, `config_invalid`.
 */
export async function openCopyDesk(options: {
  readonly dir: string;
  readonly listPath: string | null;
  readonly from: string | undefined;
  readonly to: string;
}): Promise<CopyDesk> {
  const world = createRealWorld();
  const { dir } = options;
  const { stateDir, exists } = await findProject(world, folderOf(options), homedir());
  const from =
    options.from === undefined
      ? await storeOfProject(world, stateDir)
      : storePlace(options.from, dir, environment());
  const copier = storeCopier({ world, from, to: storePlace(options.to, dir, environment()) });
  if (!exists) return { world, copier, log: silentLogger, close: () => Promise.resolve() };
  const log = createLogger({ world, folder: `${stateDir}/log` });
  return { world, copier, log, close: () => log.close() };
}

async function storeOfProject(world: World, stateDir: string): Promise<StorePlace> {
  const address = await addressToOpen({ world, stateDir });
  if (address === null) return { kind: 'file', path: `${stateDir}/pawl.db` };
  return { kind: 'server', url: address.directUrl ?? address.url };
}

export interface CopyBetween {
  readonly world: World;
  readonly from: StorePlace;
  readonly to: StorePlace;
  /** The one of this Pawl by default. */
  readonly schema?: StoreSchema;
}

export function storeCopier({ world, from, to, schema = PAWL_SCHEMA }: CopyBetween): StoreCopier {
  const tables = copiedTables(schema.objects);
  return {
    finish: () => finishCopy({ world, schema }, { from, to }),
    copy: async ({ signal, copied, restart = false, interrupted }) => {
      const epochFloor = await epochFloorOf(world, to);
      const once = (moved: () => void, isFirst: boolean): Promise<StoreCopy> =>
        withSource({ world, schema }, from, (source) =>
          withTarget({ world, schema }, { from, to }, async (target) => {
            const copy = await copyStore({
              ...{ source, target, tables, epochFloor, signal, copied, moved },
              nowMs: Math.trunc(world.clock.now()),
              restart: restart && isFirst,
            });
            await noteCopy(world, to, copy);
            return copy;
          }),
        );
      return await throughOutages({ world, signal, interrupted }, once);
    },
  };
}

async function finishCopy(
  { world, schema }: Surroundings,
  { from, to }: Pick<CopyBetween, 'from' | 'to'>,
): Promise<FinishedCopy | null> {
  const isThere =
    to.kind === 'file' ? hasFinishedCopyInFile(world, to.path) : hasFinishedCopyOnServer(to.url);
  if (!(await isThere)) return null;
  return await withSource({ world, schema }, from, async ({ storeId, location }) => {
    const said = { finishedBefore: true as const, from: location };
    if (to.kind === 'server') {
      const copy = await finishedCopy({ schema, url: to.url }, storeId);
      return copy === null ? null : { ...said, to: locationOf(to.url), ...copy };
    }
    const { path } = to;
    return await withFinishedCopy({ world, schema, path }, storeId, async (copy) => {
      await noteCopy(world, to, copy);
      return { ...said, to: path, ...copy };
    });
  });
}

/** What a project's folder knows of its store. */
async function noteCopy(
  world: World,
  to: StorePlace,
  { epoch }: Pick<StoreCopy, 'epoch'>,
): Promise<void> {
  if (!isOfProject(to)) return;
  const place = { world, stateDir: dirname(to.path) };
  await writeEpoch(place, epoch);
  if (basename(to.path) === 'pawl.db') await forgetServer(place);
}

interface Surroundings {
  readonly world: World;
  readonly schema: StoreSchema;
}

async function withSource<T>(
  { world, schema }: Surroundings,
  from: StorePlace,
  use: (source: CopySource) => Promise<T>,
): Promise<T> {
  return from.kind === 'file'
    ? await withFileSource({ world, schema, path: from.path }, use)
    : await withServerSource({ schema, url: from.url }, use);
}

/** The record of the declared schema is in the words of each database: see `readRecord`. */
async function withTarget<T>(
  { world, schema }: Surroundings,
  { from, to }: { readonly from: StorePlace; readonly to: StorePlace },
  use: (target: CopyTarget) => Promise<T>,
): Promise<T> {
  const isSame = from.kind === to.kind;
  const declaration = { schema: schema.objects, directives: DIRECTIVES };
  if (to.kind === 'file') {
    const like = from.kind === 'file' ? from.path : null;
    const record = isSame ? null : declaredInFile(declaration).record;
    return await withFileTarget({ world, schema, path: to.path, like, record }, use);
  }
  const record = isSame ? null : (declaredOnServer(declaration).record ?? null);
  return await withServerTarget({ world, schema, url: to.url, record }, use);
}

const isOfProject = (to: StorePlace): to is Extract<StorePlace, { readonly kind: 'file' }> =>
  to.kind === 'file' && dirname(to.path).endsWith(`/${STATE_DIR}`);

async function epochFloorOf(world: World, to: StorePlace): Promise<number> {
  return isOfProject(to) ? await readEpoch({ world, stateDir: dirname(to.path) }) : 0;
}
