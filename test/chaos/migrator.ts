import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { declaredSchema } from '../../src/migrate/sqlite/declared-schema.ts';
import { migrate } from '../../src/migrate/sqlite/migrate.ts';
import { restoreBackup } from '../../src/migrate/sqlite/restore.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import type { World } from '../../src/world/world.ts';
import { planRebuild } from '../support/library-database.ts';
import { REBUILT } from '../support/library-declaration.ts';

/** What a migrating process is told to do, and where to be killed meanwhile. */
export interface Order {
  readonly path: string;
  /** Go back to this backup; migrate when there is none. */
  readonly backup?: string;
  /** To what a later release declares, rather than by a plan written by hand. */
  readonly declared?: boolean;
  /** Before the statement, or the change of a file, of this number; counted from 1. */
  readonly killAt?: number;
  /** As soon as the unfinished copy has so many bytes. */
  readonly killAtCopied?: number;
  /** A file that gets a line at the beginning of each phase, for whoever kills from outside. */
  readonly phases?: string;
}

export type Phase = 'look' | 'lock' | 'backup' | 'statements' | 'checks' | 'commit' | 'after';

export interface Answer {
  readonly kind: string;
  readonly ms: number;
  /** How many statements, or changes of files, there were. */
  readonly steps: number;
}

const kill = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
};

/** A process of its own that migrates or restores the library, as often as it is told to. */
async function obey(order: Order): Promise<Answer> {
  const startedAt = performance.now();
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps === order.killAt) kill();
  };
  const { path, backup } = order;
  const world = copyWatched(createRealWorld(), order);
  const schema = order.declared === true ? declaredSchema(REBUILT) : { makePlan: planRebuild };
  const place = { world, path, ...schema, version: '2.0.0' };
  const begins = phaseTold(order.phases);
  const intercept = (sql: string): void => {
    begins(sql);
    step();
  };
  let kind = 'restored';
  try {
    if (backup === undefined) kind = (await migrate({ ...place, intercept })).kind;
    else await restoreBackup({ ...place, backup, world: filesWatched(world, step) });
  } catch (error) {
    kind = error instanceof Error ? `${String(Reflect.get(error, 'code'))}: ${error.message}` : '?';
  }
  return { kind, ms: performance.now() - startedAt, steps };
}

const BEGINS: readonly (readonly [Phase, RegExp])[] = [
  ['look', /^BEGIN$/],
  ['lock', /^BEGIN IMMEDIATE/],
  ['backup', /^SELECT type, name, tbl_name, sql FROM sqlite_schema/],
  ['statements', /^(CREATE|DROP) /],
  ['checks', /foreign_key_check/],
  ['commit', /^INSERT INTO migration_history/],
  ['after', /^(PRAGMA wal_checkpoint|UPDATE migration_history SET optimize)/],
];

/** By the first statement of each, in their order; written at once, so that no kill loses it. */
function phaseTold(file: string | undefined): (sql: string) => void {
  let at = -1;
  return (sql) => {
    const next = BEGINS.findIndex(([, first], index) => index > at && first.test(sql));
    // The rows that refer to nothing are looked for under the lock, too.
    if (file === undefined || next === -1 || (BEGINS[next]?.[0] === 'checks' && at < 3)) return;
    at = next;
    appendFileSync(file, `${BEGINS[next]?.[0]}\n`);
  };
}

function filesWatched(world: World, step: () => void): World {
  const { files } = world;
  const watched = <A extends readonly unknown[], R>(call: (...args: A) => R) => {
    return (...args: A): R => {
      step();
      return call(...args);
    };
  };
  return {
    ...world,
    files: {
      ...files,
      makeDirectory: watched(files.makeDirectory),
      link: watched(files.link),
      rename: watched(files.rename),
      remove: watched(files.remove),
      facts: watched(files.facts),
    },
  };
}

/** The copy asks the clock after each of its steps. */
function copyWatched(world: World, { path, killAtCopied }: Order): World {
  if (killAtCopied === undefined) return world;
  const folder = join(path, '..', 'backups');
  const monotonic = (): number => {
    const sizes = readdirSync(join(path, '..')).includes('backups')
      ? readdirSync(folder).map((name) => statSync(join(folder, name)).size)
      : [];
    if (sizes.some((size) => size >= killAtCopied)) kill();
    return world.clock.monotonic();
  };
  return { ...world, clock: { ...world.clock, monotonic } };
}

process.on('message', (order: Order) => {
  void obey(order).then((answer) => process.send?.(answer));
});
process.send?.('ready');
