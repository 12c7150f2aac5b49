import type { Call, Store } from './store.ts';

/** The methods of a store that end with a `Call`. */
export type StoreVerb = {
  [K in keyof Store]: Store[K] extends (...args: infer A) => Promise<unknown>
    ? Required<A> extends [...unknown[], Call]
      ? K
      : never
    : never;
}[keyof Store];

/** How many arguments stand before the call. */
const ARGUMENTS: Readonly<Record<StoreVerb, number>> = {
  loadList: 1,
  previewLoad: 1,
  knownBoxes: 1,
  lists: 0,
  list: 1,
  listByPath: 1,
  listRecords: 0,
  listRecord: 1,
  listRecordByPath: 1,
  marksOwed: 1,
  marksWritten: 1,
  enqueueBreakdown: 1,
  addSubtasks: 1,
  updateSubtask: 1,
  updateBreakdown: 1,
  cancelBreakdown: 1,
  archiveBreakdown: 1,
  restoreBreakdown: 1,
  saveBreakdowns: 1,
  savedBreakdowns: 1,
  breakdown: 1,
  breakdownRecord: 1,
  breakdowns: 1,
  openSession: 1,
  touchSession: 1,
  endSession: 1,
  session: 1,
  sessions: 1,
  importPlan: 1,
  previewImport: 1,
  checkImport: 1,
  importedKeys: 1,
  setExecutor: 1,
  claimNext: 1,
  claimTask: 1,
  heartbeat: 1,
  adoptAttempt: 1,
  finishAttempt: 1,
  claimForClient: 1,
  extendClaim: 1,
  finishClaim: 1,
  expireClaims: 1,
  heldTasks: 1,
  promoteDue: 0,
  keepHandle: 1,
  handle: 1,
  control: 1,
  changeTask: 1,
  openArtifact: 1,
  extendArtifact: 1,
  sealArtifact: 1,
  completeArtifact: 1,
  artifact: 1,
  artifacts: 1,
  contents: 1,
  knownContents: 1,
  findArtifacts: 1,
  dropOpenArtifacts: 1,
  registerInstance: 1,
  endInstance: 1,
  instances: 0,
  fleet: 0,
  requestDrain: 1,
  work: 1,
  listsOwedMarks: 1,
  rescueExpired: 1,
  acquireLock: 1,
  renewLock: 1,
  releaseLock: 1,
  locks: 1,
  cleanupStaleLocks: 1,
  setLimit: 1,
  limits: 0,
  tasks: 1,
  taskPage: 1,
  task: 1,
  findTasks: 2,
  attempts: 1,
  events: 1,
  dependencies: 1,
  outlook: 1,
  audit: 0,
  afterRestore: 1,
  backup: 1,
};

/** The same store: what a call does not say itself (signal, deadline) it takes from `call`. */
export function underCall(store: Store, call: Call): Store {
  return new Proxy(store, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const count = ARGUMENTS[name as StoreVerb];
      if (count === undefined) return value.bind(target);
      return (...given: readonly unknown[]): unknown => {
        const before = Array.from({ length: count }, (_, index) => given[index]);
        return value.call(target, ...before, { ...call, ...(given[count] as Call | undefined) });
      };
    },
  });
}
