import { activeQueue } from './tables/active-queue.ts';
import { artifacts } from './tables/artifacts.ts';
import { claimLimits } from './tables/claim-limits.ts';
import {
  executorState,
  executorStateInsert,
  executorStateUpdate,
  taskQueueAdopt,
} from './tables/executor-state.ts';
import { executors } from './tables/executors.ts';
import { handles } from './tables/handles.ts';
import { importedRecords } from './tables/imported-records.ts';
import { instances } from './tables/instances.ts';
import { locks } from './tables/locks.ts';
import { migrationHistory } from './tables/migration-history.ts';
import { requests } from './tables/requests.ts';
import { sessions } from './tables/sessions.ts';
import { storeMeta } from './tables/store-meta.ts';
import { subtasks } from './tables/subtasks.ts';
import { taskAttempts } from './tables/task-attempts.ts';
import { taskBreakdowns } from './tables/task-breakdowns.ts';
import { taskDependencies } from './tables/task-dependencies.ts';
import { taskEvents } from './tables/task-events.ts';
import { taskLists } from './tables/task-lists.ts';
import { taskQueue } from './tables/task-queue.ts';
import type { SchemaObject } from './vocabulary.ts';

/** Everything in the database, in an order in which it can be created. */
export const SCHEMA: readonly SchemaObject[] = [
  storeMeta,
  taskLists,
  executors,
  taskQueue,
  taskDependencies,
  taskAttempts,
  taskEvents,
  locks,
  instances,
  requests,
  migrationHistory,
  sessions,
  taskBreakdowns,
  artifacts,
  handles,
  importedRecords,
  claimLimits,
  executorState,
  activeQueue,
  subtasks,
  taskQueueAdopt,
  executorStateInsert,
  executorStateUpdate,
];
