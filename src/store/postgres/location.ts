import { PawlError } from '../../domain/errors.ts';

/** A database's address for people: without password, and without what else may be secret in it. */
export function locationOf(url: string): string {
  const { host, pathname, username, searchParams } = parse(url);
  const user = username === '' ? '' : `${username}@`;
  const socket = searchParams.get('host');
  return `postgres://${user}${host === '' ? (socket ?? '') : host}${pathname}`;
}

/** @throws PawlError `config_invalid`, which does not repeat the address. */
export function requireAddress(url: string): void {
  parse(url);
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    if (parsed.protocol === 'postgres:' || parsed.protocol === 'postgresql:') return parsed;
  } catch {
    // The error of `URL` would repeat the address, with its password.
    throw unreadable();
  }
  throw unreadable();
}

function unreadable(): PawlError {
  const message =
    'the address of the database is no postgres://user:password@host:port/name, ' +
    'or its port is over 65535';
  return new PawlError('config_invalid', message, {
    details: { faults: [{ source: 'databaseUrl', message }] },
  });
}
