import { versions } from 'node:process';
import { PAWL_VERSION } from './version.ts';

export interface RuntimeVersions {
  readonly pawl: string;
  readonly node: string;
  /** Of the database engine, by its name: `SQLite 3.53.4`. */
  readonly database: string;
}

/** What this process is made of. */
export function runtimeVersions(): RuntimeVersions {
  const sqlite = versions['sqlite'] ?? 'unknown';
  return { pawl: PAWL_VERSION, node: versions.node, database: `SQLite ${sqlite}` };
}
