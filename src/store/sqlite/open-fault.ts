import { type ErrorCode, PawlError } from '../../domain/errors.ts';
import type { World } from '../../world/world.ts';
import { storeFault } from './faults.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  EROFS: 'store_readonly',
  EACCES: 'store_readonly',
  EPERM: 'store_readonly',
  ENOSPC: 'store_full',
  EDQUOT: 'store_full',
};

/**
 * Why a database cannot be used, as one of our errors. SQLite says only that it cannot open it;
 * whether the folder takes files, and whether the disk has room, is found out by trying.
 */
export async function openFault(
  { world, path }: { readonly world: World; readonly path: string },
  cause: unknown,
): Promise<PawlError> {
  const fault = storeFault(cause);
  if (fault.code !== 'store_io' || path === ':memory:') return fault;
  const { files } = world;
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  const probe = `${folder}/.pawl-probe-${world.ids.uuid()}`;
  try {
    await files.write(probe, 'x');
    return fault;
  } catch (error) {
    const system = String((error as { readonly code?: unknown }).code);
    const code = CODES[system];
    if (code === undefined) return fault;
    return new PawlError(code, `the folder ${folder} takes no files (${system})`, { cause });
  } finally {
    if ((await files.facts(probe)) !== null) await files.remove(probe);
  }
}
