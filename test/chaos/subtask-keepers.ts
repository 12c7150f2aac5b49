import { DatabaseSync } from 'node:sqlite';
import { PersistenceManager } from '../../src/app/persistence-manager.ts';

/** What the processes of this test do with subtasks: by the product, or as it was done before. */
export interface SubtaskKeeper {
  readResult(taskId: string): Promise<string | null>;
  writeResult(taskId: string, result: string): Promise<void>;
  /** Load everything, wait until somebody else wrote, and save what was loaded. */
  saveStale(changed: () => Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}

export const PARENT = 'task_1a2b3c4d';

export function managed(baseDir: string): SubtaskKeeper {
  const manager = new PersistenceManager({ baseDir });
  const load = async () => {
    const breakdown = await manager.loadTaskBreakdown(PARENT);
    if (breakdown === null) throw new Error('no breakdown');
    return breakdown;
  };
  const subtaskOf = async (taskId: string) => {
    const found = (await load()).subtasks.find((one) => one.taskId === taskId);
    if (found === undefined) throw new Error(`no subtask ${taskId}`);
    return found;
  };
  let saves = 0;
  return {
    readResult: async (taskId) => (await subtaskOf(taskId)).results,
    writeResult: async (taskId, result) => {
      const subtask = await subtaskOf(taskId);
      subtask.results = result;
      await manager.updateSubtask(subtask, PARENT);
    },
    saveStale: async (changed) => {
      const breakdown = await load();
      if (!(await changed())) return;
      saves += 1;
      breakdown.context = `saved ${saves} times`;
      await manager.saveTaskBreakdown(breakdown);
    },
    close: () => manager.dispose(),
  };
}

/** How the older orchestrator saved: everything out, and in again as it had been loaded. */
export function naive(path: string): SubtaskKeeper {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  const all = database.prepare('SELECT task_id, results FROM subtasks ORDER BY task_id');
  const insert = database.prepare('INSERT INTO subtasks (task_id, results) VALUES (?, ?)');
  const resultOf = (taskId: string): string | null => {
    const row = database.prepare('SELECT results FROM subtasks WHERE task_id = ?').get(taskId);
    return (row?.['results'] ?? null) as string | null;
  };
  return {
    readResult: async (taskId) => resultOf(taskId),
    writeResult: async (taskId, result) => {
      database.prepare('UPDATE subtasks SET results = ? WHERE task_id = ?').run(result, taskId);
    },
    saveStale: async (changed) => {
      const loaded = all.all() as { task_id: string; results: string | null }[];
      if (!(await changed())) return;
      database.exec('BEGIN IMMEDIATE; DELETE FROM subtasks');
      for (const { task_id, results } of loaded) insert.run(task_id, results);
      database.exec('COMMIT');
    },
    close: async () => database.close(),
  };
}
