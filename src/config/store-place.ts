import { resolve } from 'node:path';
import { PawlError } from '../domain/errors.ts';

/** Where a store is: a file, or a database of a server, whose address may hold secrets. */
export type StorePlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'server'; readonly url: string };

/** What is said to whoever writes an address with its password among the words of a command. */
export function secretInWords(written: string): string | null {
  if (!/^postgres(ql)?:\/\/[^/@]*:[^/@]+@|^postgres.*[?&]password=/.test(written)) return null;
  return 'others on this machine can read the password in the command: use env:NAME instead';
}

/**
 * What a person wrote for it: `postgres://...`, `sqlite:///absolute/path`, a path, which counts
 * from `dir`, or `env:NAME`, the variable that has one of these: others on the machine can read the
 * words of a command, with a password in them.
 *
 * @throws PawlError `usage`, which does not repeat an address.
 */
export function storePlace(
  written: string,
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
): StorePlace {
  const variable = /^env:(?<name>.*)$/.exec(written)?.groups?.['name'];
  const text = variable === undefined ? written : (env[variable] ?? '');
  if (variable !== undefined && text === '') {
    throw new PawlError('usage', `the variable ${variable} says no place of a store`);
  }
  if (/^postgres(ql)?:\/\/./.test(text)) return { kind: 'server', url: text };
  const file = /^sqlite:(?:\/\/)?(?<path>.+)$/.exec(text)?.groups?.['path'];
  const path = file ?? text;
  if (path === '' || (file === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(text))) {
    const message = 'a store is named by a path, sqlite:///path or postgres://user@host/name';
    throw new PawlError('usage', message);
  }
  return { kind: 'file', path: resolve(dir, path) };
}
