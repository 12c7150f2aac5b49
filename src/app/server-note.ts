import type { DatabaseAddress } from '../config/database-address.ts';
import { PawlError } from '../domain/errors.ts';
import type { Store } from '../store/store.ts';
import { type AddressPlace, storeAddress } from './store-address.ts';

/** In `.pawl`: the server that the project was last opened on, so that none is begun beside it. */
export const SERVER_NOTE = 'server';

/**
 * Where a project's store is, for whoever opens it: null when it is the database in `.pawl`. A
 * folder that was used with a server does not silently begin with a file because the address is
 * not said; one that has both is warned of.
 *
 * @throws PawlError `store_elsewhere`, `config_invalid`.
 */
export async function addressToOpen(
  place: AddressPlace,
  warn: (message: string) => void = () => undefined,
): Promise<DatabaseAddress | null> {
  const address = await storeAddress(place);
  if (address !== null) return address;
  const server = await notedServer(place);
  if (server === null) return null;
  const { world, stateDir } = place;
  if ((await world.files.facts(`${stateDir}/pawl.db`)) === null) {
    const message = `the store of this project is on ${server}, and no address is set`;
    throw new PawlError('store_elsewhere', message, { details: { server } });
  }
  warn(
    `this works on .pawl/pawl.db; the project was last opened on ${server}. If the file is ` +
      'meant, remove .pawl/server; otherwise set PAWL_DATABASE_URL',
  );
  return null;
}

/** Note the server, without secrets. A folder that cannot be written is told, and no hindrance. */
export async function noteServer(
  { world, stateDir }: AddressPlace,
  { location, storeId }: Pick<Store, 'location' | 'storeId'>,
  warn: (message: string) => void,
): Promise<void> {
  const note = `${location}\n${storeId}\n`;
  const path = `${stateDir}/${SERVER_NOTE}`;
  try {
    if ((await readNote({ world, stateDir })) === note) return;
    await world.files.replace(path, note);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    warn(`.pawl/${SERVER_NOTE} cannot be written, so this folder will not remember: ${why}`);
  }
}

/** The project is in a file again. */
export async function forgetServer({ world, stateDir }: AddressPlace): Promise<void> {
  const path = `${stateDir}/${SERVER_NOTE}`;
  if ((await world.files.facts(path)) !== null) await world.files.remove(path);
}

async function notedServer(place: AddressPlace): Promise<string | null> {
  const note = await readNote(place);
  if (note === null) return null;
  const [server = ''] = note.split('\n');
  return server === '' ? 'a server' : server;
}

async function readNote({ world, stateDir }: AddressPlace): Promise<string | null> {
  const path = `${stateDir}/${SERVER_NOTE}`;
  if ((await world.files.facts(path)) === null) return null;
  return new TextDecoder().decode(await world.files.read(path));
}
