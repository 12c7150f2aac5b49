import type { BreakdownQuery } from '../breakdowns.ts';
import type { WorkQuery } from '../instances.ts';
import type { SavedQuery } from '../saved-breakdowns.ts';
import type { SessionQuery } from '../sessions.ts';
import type {
  AuditFault,
  Call,
  ControlQuery,
  EventQuery,
  LoadList,
  OutlookQuery,
  Store,
  TaskQuery,
} from '../store.ts';
import type { TaskPageQuery } from '../task-pages.ts';
import { adoptAttempt } from './adopt-attempt.ts';
import { afterRestore } from './after-restore.ts';
import { archiveBreakdown, restoreBreakdown } from './archive-breakdown.ts';
import { artifactVerbs } from './artifact-verbs.ts';
import { audit } from './audit.ts';
import { type Bound, boundTo } from './bound.ts';
import { readBreakdownRecord } from './breakdown-row.ts';
import { cancelBreakdown } from './cancel-breakdown.ts';
import { changeTask, changeTasks } from './change-task.ts';
import { claimForClient } from './claim-for-client.ts';
import { claimNext } from './claim-next.ts';
import { claimTask } from './claim-task.ts';
import { claimTogether, sameClaim } from './claim-together.ts';
import type { Driver } from './driver.ts';
import { addSubtasks, enqueueBreakdown } from './enqueue-breakdown.ts';
import { expireClaims } from './expire-claims.ts';
import { extendClaim } from './extend-claim.ts';
import { finishAttempt } from './finish-attempt.ts';
import { finishClaim } from './finish-claim.ts';
import { finishTogether } from './finish-together.ts';
import { keepHandle, readHandle } from './handles.ts';
import { heartbeat } from './heartbeat.ts';
import { importVerbs } from './import-verbs.ts';
import {
  endInstance,
  readFleet,
  readInstances,
  registerInstance,
  requestDrain,
} from './instances.ts';
import { readLimits, setLimit } from './limits.ts';
import { loadList, previewLoad } from './load-list.ts';
import { acquireLock, cleanupStaleLocks, readLocks, releaseLock, renewLock } from './locks.ts';
import { marksWritten } from './marks-written.ts';
import { promoteDue } from './promote-due.ts';
import { readAttempts } from './read-attempts.ts';
import { readBreakdown, readBreakdowns } from './read-breakdowns.ts';
import { readControl } from './read-control.ts';
import {
  readEvents,
  readHeldTasks,
  readList,
  readListByPath,
  readListRecord,
  readListRecordByPath,
  readListRecords,
  readLists,
  readListsOwedMarks,
  readMarksOwed,
} from './read-lists.ts';
import { readSavedBreakdowns } from './read-saved-breakdowns.ts';
import { readKnownBoxes } from './read-stored-tasks.ts';
import { readTaskPage } from './read-task-pages.ts';
import {
  findTasks,
  readDependencies,
  readOutlook,
  readTaskDetail,
  readTasks,
} from './read-tasks.ts';
import { readWork } from './read-work.ts';
import { rescueExpired } from './rescue-expired.ts';
import { saveBreakdowns } from './save-breakdowns.ts';
import { endSession, openSession, readSession, readSessions, touchSession } from './sessions.ts';
import { setExecutor } from './set-executor.ts';
import { updateBreakdown, updateSubtask } from './update-subtask.ts';

/** The `Store` on any SQL database: every verb, handed to its driver. */
export function createSqlStore(driver: Driver): Store {
  const on = boundTo(driver);
  return {
    location: driver.location,
    storeId: driver.storeId,
    capabilities: driver.capabilities,
    ...working(on),
    ...planning(on),
    ...coordinating(on),
    ...artifactVerbs(on),
    ...importVerbs(on),
    ...reading(on),
    promoteDue: (call) => driver.write(promoteDue, call),
    audit: async (call) => {
      const damage = await driver.integrity(call);
      const faults = damage.map(
        (message): AuditFault => ({ code: 'integrity', id: null, taskId: null, message }),
      );
      return [...faults, ...(await on.read(audit, call))];
    },
    backup: (file, call) => driver.backup(file, call),
    watch: (listener) => driver.watch(listener),
    close: () => driver.close(),
  };
}

/** Verbs that lists and tasks go through. */
const working = ({ write, read }: Bound) => ({
  loadList: write(loadList),
  marksWritten: write(marksWritten),
  setExecutor: write(setExecutor),

  claimNext: write(claimNext, { keyOf: sameClaim, all: claimTogether, overtakes: false }),
  claimTask: write(claimTask),
  heartbeat: write(heartbeat),
  adoptAttempt: write(adoptAttempt),
  finishAttempt: write(finishAttempt, { keyOf: () => '', all: finishTogether, overtakes: true }),
  heldTasks: (listId: string | null, call?: Call) =>
    read((ctx) => readHeldTasks(ctx, listId), call),
  control: (query: ControlQuery, call?: Call) => read((ctx) => readControl(ctx, query), call),

  claimForClient: write(claimForClient),
  extendClaim: write(extendClaim),
  finishClaim: write(finishClaim),
  expireClaims: write(expireClaims),

  changeTask: write(changeTask, { keyOf: () => '', all: changeTasks, overtakes: false }),
  afterRestore: write(afterRestore),
});

/** Breakdowns, and the sessions of those who plan them. */
const planning = ({ write, read }: Bound) => ({
  enqueueBreakdown: write(enqueueBreakdown),
  addSubtasks: write(addSubtasks),
  updateSubtask: write(updateSubtask),
  updateBreakdown: write(updateBreakdown),
  cancelBreakdown: write(cancelBreakdown),
  archiveBreakdown: write(archiveBreakdown),
  restoreBreakdown: write(restoreBreakdown),
  saveBreakdowns: write(saveBreakdowns),
  savedBreakdowns: (query: SavedQuery, call?: Call) => read(() => readSavedBreakdowns(query), call),
  breakdown: (parentTaskId: string, call?: Call) => read(() => readBreakdown(parentTaskId), call),
  breakdownRecord: (parentTaskId: string, call?: Call) =>
    read(() => readBreakdownRecord(parentTaskId), call),
  breakdowns: (query: BreakdownQuery, call?: Call) => read(() => readBreakdowns(query), call),

  openSession: write(openSession),
  touchSession: write(touchSession),
  endSession: write(endSession),
  session: (sessionId: string, call?: Call) => read(() => readSession(sessionId), call),
  sessions: (query: SessionQuery, call?: Call) => read(() => readSessions(query), call),
});

/** Processes, locks, and calls that are answered later. */
const coordinating = ({ write, read }: Bound) => ({
  keepHandle: write(keepHandle),
  handle: (handle: string, call?: Call) => read(() => readHandle(handle), call),

  registerInstance: write(registerInstance),
  endInstance: write(endInstance),
  instances: (call?: Call) => read(readInstances, call),
  fleet: (call?: Call) => read(readFleet, call),
  requestDrain: write(requestDrain),
  work: (query: WorkQuery, call?: Call) => read((ctx) => readWork(ctx, query), call),
  listsOwedMarks: (host: string, call?: Call) => read(() => readListsOwedMarks(host), call),
  rescueExpired: write(rescueExpired),
  acquireLock: write(acquireLock),
  renewLock: write(renewLock),
  releaseLock: write(releaseLock),
  locks: write(readLocks),
  cleanupStaleLocks: write(cleanupStaleLocks),

  setLimit: write(setLimit),
  limits: (call?: Call) => read(readLimits, call),
});

const reading = ({ read }: Bound) => ({
  previewLoad: (input: LoadList, call?: Call) => read(() => previewLoad(input), call),
  knownBoxes: (listId: string, call?: Call) => read(() => readKnownBoxes(listId), call),
  lists: (call?: Call) => read(readLists, call),
  list: (listId: string, call?: Call) => read(() => readList(listId), call),
  listByPath: (path: string, call?: Call) => read(() => readListByPath(path), call),
  listRecords: (call?: Call) => read(readListRecords, call),
  listRecord: (listId: string, call?: Call) => read(() => readListRecord(listId), call),
  listRecordByPath: (path: string, call?: Call) => read(() => readListRecordByPath(path), call),
  marksOwed: (listId: string, call?: Call) => read(() => readMarksOwed(listId), call),

  tasks: (query: TaskQuery, call?: Call) => read(() => readTasks(query), call),
  taskPage: (query: TaskPageQuery, call?: Call) => read(() => readTaskPage(query), call),
  task: (id: string, call?: Call) => read(() => readTaskDetail(id), call),
  findTasks: (ref: string, listId: string | null, call?: Call) =>
    read(() => findTasks(ref, listId), call),
  attempts: (id: string, call?: Call) => read(() => readAttempts(id), call),
  events: (query: EventQuery, call?: Call) => read(() => readEvents(query), call),
  dependencies: (id: string, call?: Call) => read(() => readDependencies(id), call),
  outlook: (query: OutlookQuery, call?: Call) => read(() => readOutlook(query), call),
});
