import type { AuditFault, Call, Store } from '../store.ts';
import { adoptAttempt } from './adopt-attempt.ts';
import { afterRestore } from './after-restore.ts';
import { audit } from './audit.ts';
import { changeTask } from './change-task.ts';
import { claimNext } from './claim-next.ts';
import { claimTask } from './claim-task.ts';
import type { Driver } from './driver.ts';
import { finishAttempt } from './finish-attempt.ts';
import { heartbeat } from './heartbeat.ts';
import { endInstance, readInstances, registerInstance } from './instances.ts';
import { once } from './ledger.ts';
import { loadList, previewLoad } from './load-list.ts';
import { acquireLock, cleanupStaleLocks, releaseLock, renewLock } from './locks.ts';
import { marksWritten } from './marks-written.ts';
import { promoteDue } from './promote-due.ts';
import { readControl } from './read-control.ts';
import {
  readEvents,
  readHeldTasks,
  readList,
  readListByPath,
  readLists,
  readMarksOwed,
} from './read-lists.ts';
import { readKnownBoxes } from './read-stored-tasks.ts';
import {
  findTasks,
  readAttempts,
  readDependencies,
  readOutlook,
  readTaskDetail,
  readTasks,
} from './read-tasks.ts';
import { setExecutor } from './set-executor.ts';
import type { Verb, VerbContext } from './verb.ts';

/** The `Store` on any SQL database: every verb, handed to its driver. */
export function createSqlStore(driver: Driver): Store {
  const write =
    <I, T>(verb: (ctx: VerbContext, input: I) => Verb<T>) =>
    (input: I, call?: Call): Promise<T> => {
      const request = call?.request;
      return driver.write(
        request === undefined
          ? (ctx) => verb(ctx, input)
          : (ctx) => once(ctx, request, verb(ctx, input)),
        call,
      );
    };
  const read = <T>(verb: () => Verb<T>, call: Call | undefined): Promise<T> =>
    driver.read(verb, call);
  return {
    location: driver.location,
    storeId: driver.storeId,
    capabilities: driver.capabilities,

    loadList: write(loadList),
    previewLoad: (input, call) => read(() => previewLoad(input), call),
    knownBoxes: (listId, call) => read(() => readKnownBoxes(listId), call),
    lists: (call) => read(readLists, call),
    list: (listId, call) => read(() => readList(listId), call),
    listByPath: (path, call) => read(() => readListByPath(path), call),
    marksOwed: (listId, call) => read(() => readMarksOwed(listId), call),
    marksWritten: write(marksWritten),

    setExecutor: write(setExecutor),

    claimNext: write(claimNext),
    claimTask: write(claimTask),
    heartbeat: write(heartbeat),
    adoptAttempt: write(adoptAttempt),
    finishAttempt: write(finishAttempt),
    heldTasks: (listId, call) => read(() => readHeldTasks(listId), call),
    control: (query, call) => read(() => readControl(query), call),
    promoteDue: (call) => driver.write(promoteDue, call),

    changeTask: write(changeTask),

    registerInstance: write(registerInstance),
    endInstance: write(endInstance),
    instances: (call) => read(readInstances, call),
    acquireLock: write(acquireLock),
    renewLock: write(renewLock),
    releaseLock: write(releaseLock),
    cleanupStaleLocks: write(cleanupStaleLocks),

    tasks: (query, call) => read(() => readTasks(query), call),
    task: (id, call) => read(() => readTaskDetail(id), call),
    findTasks: (ref, listId, call) => read(() => findTasks(ref, listId), call),
    attempts: (id, call) => read(() => readAttempts(id), call),
    events: (query, call) => read(() => readEvents(query), call),
    dependencies: (id, call) => read(() => readDependencies(id), call),
    outlook: (query, call) => read(() => readOutlook(query), call),

    audit: async (call) => {
      const damage = await driver.integrity(call);
      const faults = damage.map(
        (message): AuditFault => ({ code: 'integrity', id: null, taskId: null, message }),
      );
      return [...faults, ...(await read(audit, call))];
    },
    afterRestore: write(afterRestore),
    backup: (file, call) => driver.backup(file, call),
    watch: (listener) => driver.watch(listener),
    close: () => driver.close(),
  };
}
