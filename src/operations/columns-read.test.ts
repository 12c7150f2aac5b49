import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { getStatus } from './get-status.ts';
import { listTasks } from './list-tasks.ts';

/** Shown, or what `state` and `why` are made of. */
const OF_A_LINE = [
  ...['id', 'task_list_path', 'list_id', 'task_id', 'status', 'priority', 'section'],
  ...['description', 'dependencies', 'position', 'attempts', 'last_error', 'assigned_agent'],
  ...['agent', 'status_reason', 'pending_deps', 'due_at_ms', 'held', 'archived_at_ms'],
  ...['started_at_ms', 'ended_at_ms', 'title', 'specialist_type', 'estimated_effort'],
  'needs_json',
];
/** Of running tasks: by whom they are held, since when, at which attempt. */
const OF_A_HOLDER = [
  ...['claims', 'fence', 'holder_id', 'holder_term', 'lease_until_ms'],
  'end_request_json',
];

describe.skipIf(!('setAuthorizer' in DatabaseSync.prototype))('what is read of a task', () => {
  let project: ScratchProject;
  let folder: string;
  let store: Store;
  const ran = new Set<string>();

  beforeEach(async () => {
    project = await openScratchProject();
    folder = mkdtempSync(join(tmpdir(), 'pawl-columns-'));
    const { world } = project;
    // The schema on disk, for SQLite to read the statements against.
    await (await openSqliteStore({ world, path: join(folder, 'pawl.db') })).close();
    store = await openSqliteStore({ world, path: ':memory:', intercept: (sql) => ran.add(sql) });
    await store.loadList({
      ...{ path: '/l.md', realPath: null, host: 'here', seenHash: '', seenText: '' },
      ...{ ignoreMissing: false, joinHost: false, writeBack: true },
      document: { title: 'L', tasks: [], findings: [] },
    });
    ran.clear();
  });

  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
    await project.close();
  });

  /** The columns of `task_queue` that the statements run since read, by what SQLite itself says. */
  function columnsRead(): ReadonlySet<string> {
    const database = new DatabaseSync(join(folder, 'pawl.db'), { readOnly: true });
    const columns = new Set<string>();
    database.setAuthorizer((action, table, column) => {
      if (action === constants.SQLITE_READ && table === 'task_queue') columns.add(column ?? '');
      return constants.SQLITE_OK;
    });
    try {
      for (const sql of ran) if (/^(SELECT|WITH)/.test(sql)) database.prepare(sql);
    } finally {
      database.close();
    }
    return columns;
  }

  const others = (allowed: readonly string[]): readonly string[] =>
    [...columnsRead()].filter((column) => column !== '' && !allowed.includes(column));

  const context = () => ({ ...project, store });

  it('for a list is what it shows, and nothing else', async () => {
    const [list] = await store.lists();
    if (list === undefined) throw new Error('no list');
    await listTasks(context(), list);
    expect(others([...OF_A_LINE, ...OF_A_HOLDER])).toEqual([]);
    expect(columnsRead()).toContain('description');
  });

  it('for a status is what it shows, and nothing else', async () => {
    await getStatus(context());
    expect(others([...OF_A_LINE, ...OF_A_HOLDER])).toEqual([]);
    expect(columnsRead()).toContain('status');
  });

  it('(negative control) for one task is everything, and that is seen', async () => {
    await store.task('none');
    expect(others([...OF_A_LINE, ...OF_A_HOLDER])).toContain('steps_json');
  });
});
