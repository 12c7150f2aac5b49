import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Put a store of the first generation at a path, of a list `tasks.md` in `root`. */
export function makeGenerationOne(path: string, where: { root: string; host: string }): void {
  const sql = readFileSync(join(import.meta.dirname, 'generation-1.sql'), 'utf8');
  make(path, sql.replaceAll('@ROOT@', where.root).replaceAll('@HOST@', where.host));
}

/** The two tables and the view, as the documents of the queue promise them, with rows in them. */
export function makeForeignQueue(path: string, more = ''): void {
  make(path, readFileSync(join(import.meta.dirname, 'foreign-queue.sql'), 'utf8') + more);
}

/** A database of the older task orchestrator; the names of its tables are its releases'. */
export function makeOlder(path: string): void {
  make(
    path,
    `CREATE TABLE task_breakdowns (parent_task_id VARCHAR NOT NULL PRIMARY KEY,
       description VARCHAR NOT NULL, complexity VARCHAR NOT NULL, context TEXT,
       created_at DATETIME);
     CREATE TABLE subtasks (task_id VARCHAR NOT NULL PRIMARY KEY, parent_task_id VARCHAR NOT NULL,
       title VARCHAR NOT NULL, description VARCHAR NOT NULL, status VARCHAR NOT NULL);
     INSERT INTO task_breakdowns VALUES ('task_1a2b3c4d', 'Build', 'moderate', '', '2025-06-01');
     INSERT INTO subtasks VALUES ('architect_a1b2c3', 'task_1a2b3c4d', 'Design', '', 'pending');`,
  );
}

function make(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = OFF');
  database.exec(`BEGIN;\n${sql}\nCOMMIT`);
  database.close();
}
