import type { Catalogue } from '../../src/migrate/catalogue.ts';
import type { Engine } from '../../src/migrate/dialect.ts';
import type { Directives } from '../../src/migrate/directives.ts';
import { planMigration } from '../../src/migrate/plan.ts';
import type { Plan } from '../../src/migrate/plan-model.ts';
import { inspect } from '../../src/migrate/sqlite/inspect.ts';
import { sqliteDialect } from '../../src/migrate/sqlite/sqlite-dialect.ts';
import { Connection } from '../../src/store/sqlite/connection.ts';
import { type PlanRun, runPlan } from './run-plan.ts';

/** Tables with rows, and around them everything that a careless migration loses. */
export const OFFICE: readonly string[] = [
  `CREATE TABLE project (
    id INTEGER NOT NULL CONSTRAINT project_key PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    note TEXT,
    CONSTRAINT project_name CHECK (name <> '')
  ) STRICT`,
  `CREATE TABLE task (
    id INTEGER NOT NULL CONSTRAINT task_key PRIMARY KEY AUTOINCREMENT,
    project_id INTEGER NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open',
    effort TEXT,
    CONSTRAINT task_state CHECK (state IN ('open', 'done')),
    CONSTRAINT task_project FOREIGN KEY (project_id) REFERENCES project (id) ON DELETE CASCADE
  ) STRICT`,
  `CREATE TABLE step (
    task_id INTEGER NOT NULL,
    place INTEGER NOT NULL,
    line TEXT,
    CONSTRAINT step_key PRIMARY KEY (task_id, place),
    CONSTRAINT step_task FOREIGN KEY (task_id) REFERENCES task (id) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID`,
  'CREATE TABLE journal (line TEXT, weight INTEGER)',
  "CREATE INDEX task_open ON task (project_id) WHERE state = 'open'",
  'CREATE INDEX task_title ON task (lower(title))',
  "CREATE VIEW open_task AS SELECT id, title FROM task WHERE state = 'open'",
  'CREATE VIEW open_step AS SELECT s.line FROM step AS s JOIN open_task AS t ON t.id = s.task_id',
  `CREATE TRIGGER task_noted AFTER UPDATE OF state ON task BEGIN
    INSERT INTO journal (line) VALUES (NEW.title || ' is ' || NEW.state);
  END`,
  `CREATE TRIGGER project_ended AFTER DELETE ON project BEGIN
    UPDATE task SET state = 'done' WHERE project_id = OLD.id;
  END`,
];

const ROWS: readonly string[] = [
  "INSERT INTO project (name) VALUES ('one'), ('two'), ('three')",
  'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 22) ' +
    "INSERT INTO task (project_id, title, effort) SELECT i % 2 + 1, 'Task ' || i, i FROM n",
  "INSERT INTO step SELECT id, 1, 'first' FROM task UNION ALL SELECT id, 2, NULL FROM task",
  "INSERT INTO journal (rowid, line, weight) VALUES (5, 'five', 1), (9, 'nine', 2)",
  'DELETE FROM task WHERE id > 20',
  'DELETE FROM project WHERE id = 3',
];

/** A database in memory that is planned for and migrated, with foreign keys on. */
export class PlanningBench {
  dialect: Engine = sqliteDialect();
  #connection: Connection | undefined;
  #before: Catalogue | null = null;

  /** A new database, made with that schema; the office has rows. */
  begin(schema: readonly string[] = OFFICE, version?: string): void {
    this.dialect = sqliteDialect(version);
    this.#before = this.dialect.pristine(schema);
    this.#connection = new Connection(':memory:', { readOnly: false });
    this.run(...schema);
    if (schema === OFFICE) this.run(...ROWS);
  }

  get connection(): Connection {
    if (this.#connection === undefined) throw new Error('the bench was not begun');
    return this.#connection;
  }

  run(...statements: readonly string[]): void {
    for (const statement of statements) this.connection.run(statement);
  }

  /** As if no migration had ever been recorded. */
  forget(): void {
    this.#before = null;
  }

  plan(schema: readonly string[], directives: Directives = {}): Plan {
    const wanted = this.dialect.pristine(schema);
    const live = inspect(this.connection);
    return planMigration(this.dialect, { live, wanted, before: this.#before, directives });
  }

  /** Migrate; a second plan must find nothing to do, unless a gate was closed. */
  migrate(
    schema: readonly string[],
    directives: Directives = {},
  ): PlanRun & { readonly plan: Plan } {
    const plan = this.plan(schema, directives);
    const run = runPlan(this.connection, plan);
    if (run.closed.length === 0 && run.fault === null && plan.refusals.length === 0) {
      this.#before = this.dialect.pristine(schema);
      const again = this.plan(schema, directives);
      if (again.steps.length > 0 || again.from !== again.to) throw new Error(JSON.stringify(again));
    }
    return { ...run, plan };
  }

  rows(sql: string): readonly (readonly unknown[])[] {
    return this.connection.all<Record<string, unknown>>(sql).map((row) => Object.values(row));
  }

  value(sql: string): unknown {
    return this.rows(sql)[0]?.[0];
  }

  close(): void {
    this.#connection?.close();
  }
}

/** A schema in which one text is another. */
export function edited(from: string, to: string, schema = OFFICE): readonly string[] {
  if (!schema.some((text) => text.includes(from))) throw new Error(`nothing says ${from}`);
  return schema.map((text) => text.replaceAll(from, to));
}

/** Without the statements that say it. */
export function without(part: string, schema = OFFICE): readonly string[] {
  const rest = schema.filter((text) => !text.includes(part));
  if (rest.length === schema.length) throw new Error(`nothing says ${part}`);
  return rest;
}
