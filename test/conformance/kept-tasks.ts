import { randomUUID } from 'node:crypto';
import type { TaskState } from '../../src/mcp/task-extension.ts';
import type { Store } from '../../src/store/store.ts';
import type { KeptTasks } from './fixture-tasks.ts';

const KEPT_MS = 600_000;

/** The suite's tasks as the product keeps handles: in the store, before anybody is told. */
export function keptTasks(store: Store): KeptTasks {
  return {
    newId: () => randomUUID(),
    read: async (taskId) => {
      const kept = await store.handle(taskId);
      return kept?.resultJson == null ? null : (JSON.parse(kept.resultJson) as TaskState);
    },
    write: async (task) => {
      await store.keepHandle({
        handle: task.taskId,
        kind: 'fixture',
        listId: null,
        task: null,
        fence: null,
        inputJson: null,
        state: task.status,
        resultJson: JSON.stringify(task),
        keptMs: KEPT_MS,
      });
    },
  };
}
