import { PawlError } from '../../domain/errors.ts';
import { Connection } from '../../store/sqlite/connection.ts';
import { quoted } from '../../store/sqlite/identifier.ts';
import type { Catalogue } from '../catalogue.ts';
import type { Rehearsal } from '../dialect.ts';
import { inspect } from './inspect.ts';
import { fold } from './tokens.ts';

/** An empty database of the same engine, in memory: the engine itself is the parser. */
function inScratch<T>(work: (scratch: Connection) => T): T {
  const scratch = new Connection(':memory:', { readOnly: false });
  try {
    return work(scratch);
  } finally {
    scratch.close();
  }
}

/**
 * What a declaration makes of an empty database.
 *
 * @throws PawlError `schema_invalid` with the statement that the engine does not take, or with what
 *   it takes now and would trip over later: a view of a missing table, a key without its index.
 */
export function pristine(statements: readonly string[]): Catalogue {
  return inScratch((scratch) => {
    for (const statement of statements) declare(scratch, statement);
    const catalogue = inspect(scratch);
    try {
      scratch.all('PRAGMA foreign_key_check');
    } catch (cause) {
      throw invalid(messageOf(cause), 'PRAGMA foreign_key_check', cause);
    }
    const [broken] = brokenIn(scratch, catalogue);
    if (broken !== undefined) throw invalid(`${broken} reads what is not declared`, broken);
    return catalogue;
  });
}

const OBJECTS = 'SELECT count(*) AS n FROM sqlite_schema';
const VIRTUAL = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'";

/** One text may declare several objects. One that declares none is a mistake, not a wish. */
function declare(scratch: Connection, text: string): void {
  const objects = (): number | undefined => scratch.all<{ n: number }>(OBJECTS)[0]?.n;
  const before = objects();
  try {
    scratch.handle.exec(text);
  } catch (cause) {
    throw invalid(messageOf(cause), text, cause);
  }
  if (objects() === before) throw invalid('a statement makes nothing that stays', text);
  const [virtual] = scratch.all<{ name: string }>(VIRTUAL);
  if (virtual === undefined) return;
  throw invalid(`${virtual.name} is a virtual table: make it after the migration`, text);
}

/** Run statements on an empty copy of a schema. What cannot be copied is left out of the copy. */
export function rehearse(live: Catalogue, statements: readonly string[]): Rehearsal {
  return inScratch((scratch) => {
    scratch.run('PRAGMA foreign_keys = OFF');
    const { tables, indexes, views, triggers } = live;
    for (const { sql } of [...tables, ...indexes, ...views, ...triggers]) attempt(scratch, sql);
    const fault = runAll(scratch, statements);
    const catalogue = inspect(scratch);
    return { catalogue, fault, broken: brokenIn(scratch, catalogue) };
  });
}

function runAll(scratch: Connection, statements: readonly string[]): Rehearsal['fault'] {
  for (const statement of statements) {
    const message = attempt(scratch, statement);
    if (message !== null) return { statement, message };
  }
  return null;
}

/** The engine's words when it does not take a statement. */
function attempt(scratch: Connection, statement: string): string | null {
  try {
    scratch.run(statement);
    return null;
  } catch (cause) {
    return messageOf(cause);
  }
}

/**
 * The views and triggers that the engine cannot read. It reads all of them when anything is
 * renamed, and names the first that it cannot; that one is taken away, and it is asked again.
 */
function brokenIn(scratch: Connection, { views, triggers }: Catalogue): readonly string[] {
  const known = [...views, ...triggers].map(({ name }) => name);
  if (known.length === 0) return [];
  const taken = scratch.all<{ name: string }>('SELECT name FROM sqlite_schema');
  const probe = freeName(
    'probe',
    taken.map(({ name }) => name),
  );
  const broken: string[] = [];
  scratch.run(`CREATE TABLE ${quoted(probe)} (a)`);
  for (let asked = 0; asked <= known.length; asked += 1) {
    const message = attempt(scratch, `ALTER TABLE ${quoted(probe)} RENAME COLUMN a TO b`);
    const [, kind, name] =
      message?.match(/^error in (view|trigger) (.*?)(?: after rename)?: /s) ?? [];
    if (kind === undefined || name === undefined) break;
    broken.push(name);
    scratch.run(`DROP ${kind} ${quoted(name)}`);
  }
  return broken;
}

export function engineVersion(): string {
  return inScratch((scratch) => {
    const [row] = scratch.all<{ version: string }>('SELECT sqlite_version() AS version');
    return row?.version ?? '0.0.0';
  });
}

/** A name that nothing has. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const folded = new Set(taken.map(fold));
  let name = wanted;
  while (folded.has(fold(name))) name += '_';
  return name;
}

function invalid(message: string, statement: string, cause?: unknown): PawlError {
  return new PawlError('schema_invalid', `the declared schema is not valid: ${message}`, {
    details: { statement },
    cause,
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
