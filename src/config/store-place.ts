import { resolve } from 'node:path';
import { PawlError } from '../domain/errors.ts';

/** Where a store is: a file, or a database of a server, whose address may hold secrets. */
export type StorePlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'server'; readonly url: string };

/**
 * What a person wrote for it: `postgres://...`, `sqlite:///absolute/path`, or a path, which counts
 * from `dir`.
 *
 * @throws PawlError `usage`, which does not repeat an address.
 */
export function storePlace(text: string, dir: string): StorePlace {
  if (/^postgres(ql)?:\/\/./.test(text)) return { kind: 'server', url: text };
  const file = /^sqlite:(?:\/\/)?(?<path>.+)$/.exec(text)?.groups?.['path'];
  const path = file ?? text;
  if (path === '' || (file === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(text))) {
    const message = 'a store is named by a path, sqlite:///path or postgres://user@host/name';
    throw new PawlError('usage', message);
  }
  return { kind: 'file', path: resolve(dir, path) };
}
