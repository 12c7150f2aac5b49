import { closeSync, copyFileSync, fsyncSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { declaredSchema } from '../../src/migrate/sqlite/declared-schema.ts';
import { migrate } from '../../src/migrate/sqlite/migrate.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { type Figure, information, millis, times } from '../figure.ts';
import { median } from '../quantiles.ts';
import type { Scratch } from '../scratch.ts';

export const ROWS = 1_000_000;
const ROUNDS = 5;
const COPY_MAX = 1.5;
const WHOLE_MAX = 4;
const BACKUP_MAX = 1.5;

const tableText = (name: string, state: string): string => `CREATE TABLE ${name} (
  id INTEGER PRIMARY KEY,
  owner INTEGER NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT '${state}',
  at_ms INTEGER NOT NULL
) STRICT`;
const indexTexts = (table: string): readonly string[] => [
  `CREATE INDEX ${table}_title ON ${table} (title)`,
  `CREATE INDEX ${table}_owner ON ${table} (owner, at_ms)`,
];
const COLUMNS = 'id, owner, title, state, at_ms';

const WANTED = declaredSchema({ schema: [tableText('task', 'new'), ...indexTexts('task')] });

interface Round {
  readonly bareMs: number;
  readonly indexedMs: number;
  readonly copiedMs: number;
  readonly wholeMs: number;
  readonly backupMs: number;
  readonly fileMs: number;
  readonly checkedMs: number;
}

export async function rebuild(
  scratch: Scratch,
  note: (progress: string) => void,
): Promise<readonly Figure[]> {
  note(`a table of ${ROWS} rows`);
  const source = join(scratch.folder(), 'pawl.db');
  fill(source);
  const bytes = statSync(source).size;
  const rounds: Round[] = [];
  for (let at = 0; at < ROUNDS; at += 1) {
    note(`round ${at + 1} of ${ROUNDS}`);
    const byHand = copyByHand(source, join(scratch.folder(), 'copy.db'));
    const bareMs = bareCopy(scratch.copyOf(source), { indexesFirst: false });
    const indexedMs =
      at === 0 ? bareCopy(scratch.copyOf(source), { indexesFirst: true }) : rounds[0]?.indexedMs;
    const migrated = await migration(scratch.copyOf(source));
    rounds.push({ bareMs, indexedMs: indexedMs ?? 0, ...byHand, ...migrated });
  }
  return figuresOf(rounds, bytes);
}

function fill(path: string): void {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL;
    ${[tableText('task', 'open'), ...indexTexts('task')].join(';\n')};
    BEGIN;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
      INSERT INTO task (id, owner, title, at_ms)
      SELECT i, i % 997, printf('%08x do the work', i * 2654435761 % 4294967296), i * 1000 FROM n;
    COMMIT`);
  database.close();
}

/** What a careful person does: copy the file, flush it, have the copy checked. */
function copyByHand(from: string, to: string): Pick<Round, 'fileMs' | 'checkedMs'> {
  const begun = performance.now();
  copyFileSync(from, to);
  for (const path of [to, dirname(to)]) {
    const handle = openSync(path, 'r');
    fsyncSync(handle);
    closeSync(handle);
  }
  const fileMs = performance.now() - begun;
  const copy = new DatabaseSync(to);
  copy.prepare('PRAGMA quick_check').all();
  copy.close();
  return { fileMs, checkedMs: performance.now() - begun };
}

/** As little as the same rows in the same indexes can be had for, on the same settings. */
function bareCopy(path: string, { indexesFirst }: { readonly indexesFirst: boolean }): number {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const indexes = indexTexts('bare').join(';');
  const insert = `INSERT INTO bare (${COLUMNS}) SELECT ${COLUMNS} FROM task`;
  database.exec(`PRAGMA synchronous = FULL; ${tableText('bare', 'new')}`);
  const begun = performance.now();
  const [first, second] = indexesFirst ? [indexes, insert] : [insert, indexes];
  database.exec(`BEGIN; ${first}; ${second}; COMMIT`);
  const ms = performance.now() - begun;
  database.close();
  return ms;
}

async function migration(path: string): Promise<Pick<Round, 'wholeMs' | 'copiedMs' | 'backupMs'>> {
  const statements: { readonly sql: string; readonly at: number }[] = [];
  const intercept = (sql: string): void => void statements.push({ sql, at: performance.now() });
  const begun = performance.now();
  const place = { world: createRealWorld(), path, version: 'bench' };
  const outcome = await migrate({ ...place, ...WANTED, intercept });
  const wholeMs = performance.now() - begun;
  if (outcome.kind !== 'applied' || outcome.report.backup.kind !== 'made') {
    throw new Error(`it was not rebuilt: ${outcome.kind}`);
  }
  const copiedMs = statements
    .map(({ sql, at }, index) => ({ sql, ms: (statements[index + 1]?.at ?? at) - at }))
    .filter(({ sql }) => /^INSERT INTO "?new_task|^CREATE INDEX/.test(sql))
    .reduce((sum, { ms }) => sum + ms, 0);
  return { wholeMs, copiedMs, backupMs: outcome.report.backup.ms };
}

function figuresOf(rounds: readonly Round[], bytes: number): readonly Figure[] {
  const of = (name: keyof Round): number => median(rounds.map((round) => round[name]));
  const compared = (
    what: string,
    [measured, beside, name]: readonly [keyof Round, keyof Round, string],
    max: number,
  ): Figure => {
    const ratio = median(rounds.map((round) => round[measured] / round[beside]));
    return {
      ...{ what, measured: millis(of(measured)), beside: `${name} ${millis(of(beside))}` },
      ...{ ratio: times(ratio), goal: `at most ${max} times`, met: ratio <= max },
    };
  };
  const [indexed, file] = [of('indexedMs'), of('fileMs')];
  return [
    information('the database', `${(bytes / 1_000_000).toFixed(0)} MB`),
    compared('copying, making indexes', ['copiedMs', 'bareMs', 'bare, then indexes'], COPY_MAX),
    information('beside it, one bare copy into indexes', millis(indexed)),
    compared('the whole migration', ['wholeMs', 'bareMs', 'bare, then indexes'], WHOLE_MAX),
    compared('its backup', ['backupMs', 'checkedMs', 'by hand, checked'], BACKUP_MAX),
    information('beside it, a copy by hand without a check', millis(file)),
  ];
}
