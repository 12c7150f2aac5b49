import { DatabaseSync } from 'node:sqlite';
import { DEFAULT_RETRY_POLICY } from '../../src/domain/task.ts';
import type { Store } from '../../src/store/store.ts';

const LEASE_MS = 1_800_000;
const CONTENT = '7b'.repeat(32);

/** A client plans, does half of it, leaves something open and goes; another plan is put away. */
export async function planAndLeave(store: Store, root: string): Promise<void> {
  const client = { clientName: 'claude-code', clientVersion: '2.0', clientId: 'claude-code:17' };
  await store.openSession({ ...client, root, sessionId: 'session-1' });
  const { subtasks, listId } = await store.enqueueBreakdown({
    source: 'plan',
    sessionId: 'session-1',
    plan: {
      parentTaskId: 'task_1a2b3c4d',
      description: 'Build a shed,\n"dry" inside',
      complexity: 'moderate',
      context: 'behind the house',
      subtasks: [
        { taskId: 'architect_a1b2c3', title: 'Draw it', specialistType: 'architect' },
        { title: 'Build it', dependencies: ['architect_a1b2c3'], acceptance: ['it is dry'] },
        { title: 'Paint it', verify: ['test', '-e', 'paint'], labels: ['outside'] },
      ],
    },
  });
  const [drawing] = subtasks;
  const task = drawing?.id ?? '';
  const holderId = 'session:session-1';
  const { fence } = await store.claimTask({
    ...{ id: task, holderId, defaultAgent: null, leaseMs: LEASE_MS },
  });
  const artifactId = '01900000-0000-7000-8000-000000000001';
  const facts = { name: 'drawing', kind: 'design', mediaType: 'text/plain', summary: null };
  const limits = { artifactsPerTaskMax: 10, artifactsBytesMax: 1_000_000 };
  const file = { sourcePath: null, sealed: null };
  await store.openArtifact({ artifactId, task, fence, ...facts, ...file, limits });
  await store.extendArtifact({ artifactId, fence, bytes: 7 });
  await store.finishAttempt({
    ...{ id: task, fence, policy: DEFAULT_RETRY_POLICY },
    outcome: { kind: 'succeeded', summary: 'Four walls, one door' },
    evidence: { exitCode: null, resultJson: '{"detailedWork":"at length"}' },
  });
  await store.keepHandle({
    ...{ handle: 'handle-1', kind: 'run', listId, task: null, fence: null, keptMs: 86_400_000 },
    ...{ inputJson: '{}', state: 'working', resultJson: null },
  });
  await store.endSession({ sessionId: 'session-1', summary: 'half of it' });
  await store.enqueueBreakdown({
    ...{ source: 'older', sessionId: null },
    plan: { parentTaskId: 'task_old', description: 'Old', subtasks: [{ title: 'one' }] },
  });
  await store.archiveBreakdown({ parentTaskId: 'task_old', reason: 'not any more' });
}

/** As an import leaves it. */
export function rememberImport(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database
      .prepare(
        'INSERT INTO imported_records (source, kind, key, content_hash, imported_at_ms) ' +
          "VALUES ('older', 'breakdown', 'task_old', ?, 1)",
      )
      .run(CONTENT);
  } finally {
    database.close();
  }
}
