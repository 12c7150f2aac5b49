import { isPawlError, PawlError } from '../domain/errors.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import type { World } from '../world/world.ts';
import type { ProjectPlace } from './find-project.ts';
import { openServerStore } from './open-server-store.ts';
import { openOrRebuildStore, type StorePlace } from './rebuild-store.ts';
import { addressToOpen, noteServer } from './server-note.ts';

/**
 * The store that a workspace works on. One that is not begun is empty and in memory: it stands in
 * for the store of a project that has none, until there is something to keep.
 *
 * ```
 * not begun ──begin──> begun ──rebuild──> begun
 * ```
 */
export class WorkspaceStore {
  readonly #open: (lost: boolean) => Promise<Store>;
  readonly #makeFolder: () => Promise<void>;
  #store: Store;
  #isBegun: boolean;
  #beginning: Promise<void> | null = null;

  private constructor(parts: {
    readonly open: (lost: boolean) => Promise<Store>;
    readonly makeFolder: () => Promise<void>;
    readonly store: Store;
    readonly isBegun: boolean;
  }) {
    this.#open = parts.open;
    this.#makeFolder = parts.makeFolder;
    this.#store = parts.store;
    this.#isBegun = parts.isBegun;
  }

  /** Open the store of a project; its state folder is there when it `isBegun`. */
  static async open(
    storePlace: StorePlace,
    {
      place,
      isBegun,
      isOlder,
    }: {
      readonly place: ProjectPlace;
      readonly isBegun: boolean;
      /** It is not begun, and the older store may be taken over into it. */
      readonly isOlder: boolean;
    },
  ): Promise<WorkspaceStore> {
    const { world, schema, log, warn } = storePlace;
    const address = await addressToOpen(storePlace, warn);
    const open = async (lost: boolean): Promise<Store> => {
      if (address === null) return await openOrRebuildStore({ ...storePlace, lost });
      const store = await openServerStore({ world, address, schema, log, create: true });
      await noteServer(storePlace, store, warn);
      return store;
    };
    const makeFolder = (): Promise<void> => makeStateFolder(world, place);
    if (isBegun) {
      return new WorkspaceStore({ open, makeFolder, store: await open(false), isBegun });
    }
    const inMemory = (): Promise<Store> =>
      openSqliteStore({ world, path: ':memory:', ...(schema === undefined ? {} : { schema }) });
    const store =
      address === null
        ? await inMemory()
        : await openServerStore({ world, address, schema, log, create: false }).catch(
            (error: unknown) =>
              isOlder && isPawlError(error, 'store_not_found') ? inMemory() : Promise.reject(error),
          );
    return new WorkspaceStore({ open, makeFolder, store, isBegun });
  }

  /** Another one after `begin` and `rebuild`: ask for it each time. */
  get now(): Store {
    return this.#store;
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** Make the project's store, unless that was done. */
  async begin(): Promise<void> {
    if (this.#isBegun) return;
    this.#beginning ??= this.#begin().finally(() => {
      this.#beginning = null;
    });
    await this.#beginning;
  }

  async rebuild(): Promise<void> {
    await this.#store.close();
    await this.#makeFolder();
    this.#store = await this.#open(true);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }

  async #begin(): Promise<void> {
    await this.#makeFolder();
    const before = this.#store;
    this.#store = await this.#open(false);
    this.#isBegun = true;
    await before.close();
  }
}

/** Make `.pawl`, ignored by git as a whole: it is state, not work. */
export async function makeStateFolder({ files }: World, { stateDir }: ProjectPlace): Promise<void> {
  try {
    await files.makeDirectory(stateDir);
    const ignore = `${stateDir}/.gitignore`;
    if ((await files.facts(ignore)) === null) await files.write(ignore, '*\n');
  } catch (cause) {
    throw new PawlError('store_readonly', `${stateDir} cannot be made`, { cause });
  }
}
