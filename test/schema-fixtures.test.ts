import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TASK_STATUSES } from '../src/domain/status.ts';
import { SCHEMA_FINGERPRINT } from '../src/schema/fingerprint.ts';
import { SCHEMA } from '../src/schema/schema.ts';
import type { CliProject } from './e2e/cli-project.ts';
import {
  fixtureFileOf,
  fixtureFiles,
  fixtureText,
  formerProject,
  LANDED,
} from './upgrade/former-project.ts';

const FIRST = '27c31095df68a79b741198eb2d46f6412e330c6a44a6116a7daf72771d76b8e8';

describe('every schema that ever landed', () => {
  it('stands in the list, the present one last (else: npm run schema:fixture)', () => {
    expect(LANDED[0]).toBe(FIRST);
    expect(LANDED.at(-1)).toBe(SCHEMA_FINGERPRINT);
    expect(new Set(LANDED).size).toBe(LANDED.length);
  });

  it('has its database, and there is none of another', () => {
    expect(fixtureFiles()).toEqual(LANDED.map(fixtureFileOf).sort());
    for (const fingerprint of LANDED) expect(fixtureText(fingerprint)).toContain(fingerprint);
  });
});

describe('the database of the present schema', () => {
  let project: CliProject;
  beforeAll(() => {
    project = formerProject(SCHEMA_FINGERPRINT);
  });
  afterAll(() => project.remove());

  it('has a task of every status, archived ones, and something in every table', () => {
    const found = project.rows('SELECT DISTINCT status FROM task_queue');
    expect(new Set(found.map(({ status }) => status))).toEqual(new Set(TASK_STATUSES));
    expect(project.rows('SELECT id FROM task_queue WHERE archived_at_ms > 0')).toHaveLength(2);
    const tables = SCHEMA.filter(({ kind }) => kind === 'table').map(({ name }) => name);
    const empty = tables.filter((table) => project.rows(`SELECT 1 FROM ${table}`).length === 0);
    expect(empty.filter((name) => name !== 'migration_history')).toEqual([]);
  });

  it('comes with its lists', () => {
    for (const { path } of project.rows(
      "SELECT task_list_path AS path FROM task_lists WHERE task_list_path LIKE '/%'",
    )) {
      expect(existsSync(join(String(path)))).toBe(true);
    }
  });
});
