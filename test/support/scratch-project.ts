import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogEvent } from '../../src/observe/catalogue.ts';
import type { LogFields, Logger } from '../../src/observe/logger.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import type { ProjectContext } from '../../src/operations/operation.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { ClaimedTask, Instance, ListSummary, TaskLine } from '../../src/store/store.ts';
import type { ProcessIdentity } from '../../src/world/processes.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import type { World } from '../../src/world/world.ts';

export interface LoggedLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly event: LogEvent;
  readonly fields: LogFields;
  readonly error: unknown;
}

/** A project in a folder of its own with a store in memory, for tests of operations. */
export interface ScratchProject extends ProjectContext {
  readonly listPath: string;
  readonly logged: readonly LoggedLine[];
  /** Set the clock on; time itself goes on as it does. */
  advance(ms: number): void;
  write(text: string, path?: string): void;
  read(path?: string): string;
  load(text?: string): Promise<ListSummary>;
  task(taskId: string): Promise<TaskLine>;
  /** Claim what is ready, for a process that is alive or, with null, long gone. */
  claim(list: ListSummary, holder: ProcessIdentity | null): Promise<readonly ClaimedTask[]>;
  close(): Promise<void>;
}

export async function openScratchProject(text?: string): Promise<ScratchProject> {
  const real = createRealWorld();
  let aheadMs = 0;
  const clock = { ...real.clock, now: () => real.clock.now() + aheadMs };
  const world: World = { ...real, clock };
  const root = mkdtempSync(join(tmpdir(), 'pawl-scratch-'));
  const stateDir = join(root, '.pawl');
  mkdirSync(stateDir);
  const listPath = join(root, 'tasks.md');
  const store = await openSqliteStore({ world, path: ':memory:' });
  const logged: LoggedLine[] = [];
  const project: ScratchProject = {
    world,
    store,
    root,
    stateDir,
    listPath,
    logged,
    log: recorder(logged),
    advance: (ms) => {
      aheadMs += ms;
    },
    write: (content, path = listPath) => writeFileSync(path, content),
    read: (path = listPath) => readFileSync(path, 'utf8'),
    load: async (content) => {
      if (content !== undefined) project.write(content);
      return (await loadTaskList(project, { path: listPath })).list;
    },
    task: async (taskId) => {
      const [task] = await store.findTasks(taskId, null);
      if (task === undefined) throw new Error(`no task ${taskId}`);
      return task;
    },
    claim: async (list, holder) => {
      const instance = instanceOf(world, list, holder);
      await store.registerInstance(instance);
      await store.setExecutor({ listId: list.listId, status: 'running' });
      return await store.claimNext({
        listId: list.listId,
        holderId: instance.id,
        max: 10,
        maxConcurrent: 10,
        minPriority: 'P4',
        defaultAgent: 'command',
        leaseMs: 60_000,
      });
    },
    close: async () => {
      await store.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  if (text !== undefined) project.write(text);
  return project;
}

function instanceOf(
  { processes, ids }: World,
  { listId }: ListSummary,
  holder: ProcessIdentity | null,
): Instance {
  const process = holder ?? { pid: processes.self.pid, startedAt: 'long ago', bootId: 'before' };
  return { id: ids.uuid(), kind: 'executor', host: processes.host, process, version: '1', listId };
}

function recorder(logged: LoggedLine[]): Logger {
  const record =
    (level: LoggedLine['level']) =>
    (event: LogEvent, fields: LogFields = {}, error?: unknown): void => {
      logged.push({ level, event, fields, error });
    };
  return { info: record('info'), warn: record('warn'), error: record('error') };
}
