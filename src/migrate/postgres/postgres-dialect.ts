import { identifier } from '../../store/postgres/identifier.ts';
import type { Dialect } from '../dialect.ts';
import { alter } from './alter.ts';
import { indexGates } from './gates.ts';
import { dropTrigger } from './inspect.ts';
import { mentions } from './words.ts';

/** PostgreSQL. Rehearsals are a way there and back: who drives a planning makes them. */
export const POSTGRES_DIALECT: Dialect = {
  fold: (name) => name,
  mentions,
  tracksDependencies: true,
  rename: (rename) =>
    rename.kind === 'table'
      ? `ALTER TABLE ${identifier(rename.from)} RENAME TO ${identifier(rename.to)}`
      : `ALTER TABLE ${identifier(rename.table)} RENAME COLUMN ${identifier(rename.from)} ` +
        `TO ${identifier(rename.to)}`,
  drop: (kind, name) => `DROP ${kind.toUpperCase()} ${identifier(name)}`,
  dropTrigger,
  alter,
  indexGates,
};
