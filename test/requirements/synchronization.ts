import { EIGHT_WRITERS, IN, STALE_LOCKS } from './proof-files.ts';
import { by, open, proved, type Requirement } from './requirement.ts';

/** No hanging, no waiting for locks, no lost progress. */
export const SYNCHRONIZATION: readonly Requirement[] = [
  {
    id: 'S002-no-hanging',
    phrase: 'Tasks would hang indefinitely during execution',
    promise:
      'Every wait has a deadline: a store, a file and an agent that never answer end in time.',
    standing: proved(
      by(IN.groupCommit, 'a database that never answers ends every call at its deadline'),
      by(
        IN.faultsHangs,
        'a database that another holds for ever ends commands with deadline_exceeded',
        'a FIFO as the list is refused at once',
      ),
      by(IN.writeBack, 'ends at its deadline, and at once when aborted, if the file system hangs'),
      by(IN.faultsAgents, 'never ends is ended at its timeout, with everything that it started'),
    ),
  },
  {
    id: 'S002-consistent-state',
    phrase: 'Inconsistent state updates between components',
    promise: 'A state and its event are one transaction; the state equals the fold of its events.',
    standing: proved(
      by(IN.transition, 'write one event each, and the state is the fold of the events'),
      by(IN.storeModel, 'agree after every step of any sequence of verbs by several holders'),
    ),
  },
  {
    id: 'S002-no-lost-progress',
    phrase: 'Unpredictable task state and lost progress tracking',
    promise: 'Counters equal the rows at every commit.',
    standing: proved(
      by(IN.reading, 'counts equal the rows, and the longest running task is the current one'),
      by(IN.storeModel, 'agree after every step of any sequence of verbs by several holders'),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
    ),
  },
  {
    id: 'S002-stale-locks',
    phrase: 'Implemented `cleanup_stale_locks()` method in StateManager',
    promise: '`cleanupStaleLocks({ maxAgeMs })` removes expired locks and returns their number.',
    standing: proved(by(IN.coordination, STALE_LOCKS)),
  },
  {
    id: 'S002-stale-locks-proactive',
    phrase: 'Implement proactive lock cleanup on startup and periodic intervals',
    promise: 'Locks of crashed processes go at start and periodically, without being asked.',
    standing: proved(
      by(IN.project, 'are freed at the start of any run, and again and again while it goes on'),
    ),
  },
  {
    id: 'S002-lock-timeout',
    phrase: 'Added proper lock timeout and cleanup mechanisms',
    promise: 'A lock expires by itself, and its late holder can change nothing.',
    standing: proved(
      by(
        IN.coordination,
        'an expired lock is free, and its fence rises with every acquisition',
        'a renewed lock does not expire; of many who want it at once one gets it',
      ),
    ),
  },
  {
    id: 'S002-isolation',
    phrase: 'Improved transaction isolation for concurrent operations',
    promise: 'No operation sees the half of another.',
    standing: proved(
      by(IN.groupCommit, 'a refused operation takes nobody with it, and leaves nothing of itself'),
      by(IN.storeKilled, 'loses nothing that was acknowledged, and leaves nothing half done'),
      by(
        IN.storeModel,
        'agree when every step is made by another process’s connection to one file',
      ),
    ),
  },
  {
    id: 'S002-no-deadlocks',
    phrase: 'Redesigned async operation flow to prevent deadlocks',
    promise: 'No transaction awaits anything but SQL.',
    standing: proved(
      by(IN.storeVerbs, 'wait for nothing but SQL while their transaction is open'),
      by(
        IN.groupCommit,
        'operations of one turn share one transaction, each in a savepoint of its own',
      ),
    ),
  },
  {
    id: 'S002-async-errors',
    phrase: 'Added proper exception handling in async contexts',
    promise: 'No promise floats, and no error is swallowed.',
    standing: proved(by(IN.lint, '%s')),
  },
  {
    id: 'S002-long-operations',
    phrase: 'Implemented timeout mechanisms for long-running operations',
    promise: 'A task over its time is ended with its whole process group.',
    standing: proved(
      by(IN.ends, 'ends the whole group at the timeout, also when it ignores SIGTERM'),
      by(
        IN.faultsAgents,
        'never ends is ended at its timeout, with everything that it started',
        'ignores SIGTERM, like its children, is killed after the grace',
      ),
    ),
  },
  {
    id: 'S002-cancellation',
    phrase: 'Implement timeout-based async operations with cancellation',
    promise: 'Every public operation takes a signal and ends at once when it aborts.',
    standing: proved(
      by(IN.aborting, 'ends with `aborted`, and changes nothing'),
      by(
        IN.embedding,
        'ends every call at once when its signal aborts, and changes nothing by it',
        'waits for an agent no longer than its signal says, and the agent goes on',
      ),
    ),
  },
  {
    id: 'S002-short-transactions',
    phrase: 'Use shorter, more focused transactions',
    promise: 'No write transaction is held while anything else is waited for.',
    standing: proved(
      by(IN.storeVerbs, 'wait for nothing but SQL while their transaction is open'),
      by(IN.writers, 'leaves the event loop running while another process keeps the file locked'),
      by(IN.groupCommit, 'a batch is bounded in operations'),
    ),
  },
  {
    id: 'S002-transient-failures',
    phrase: 'Implemented retry logic for transient database failures',
    promise: 'A transient fault is retried within a limit, and unseen by the caller.',
    standing: proved(
      by(IN.sqliteFaults, 'an input/output error is tried three times, then told'),
      by(
        IN.simFaults,
        'that is busy for a while at every call slows the list down and stops nothing',
      ),
    ),
  },
  {
    id: 'S002-resources-cleaned',
    phrase: 'Added connection pooling and proper resource cleanup',
    promise: 'Everything that is started can be stopped twice, and is still afterwards.',
    standing: proved(
      by(IN.workspace, 'are few, stay the same whatever is asked, and are gone when it is closed'),
      by(IN.runner, 'leaves no process behind'),
      by(IN.runSignals, 'nothing listens any more when it is stopped'),
    ),
  },
  {
    id: 'S002-lock-duration',
    phrase: 'Optimized database query patterns to reduce lock duration',
    promise: 'With a million finished tasks a claim takes as long as with none.',
    standing: proved(
      by(
        IN.plans,
        'a claim reads the ready index alone, in its order',
        'counts are read from an index alone',
      ),
      by(IN.performancePage, 'has no goal that was not met'),
    ),
  },
  {
    id: 'S002-lazy-loading',
    phrase: 'Implemented lazy loading for non-critical task data',
    promise: '`list` and `status` read no column that they do not show.',
    standing: proved(
      by(
        IN.columnsRead,
        'for a list is what it shows, and nothing else',
        'for a status is what it shows, and nothing else',
        '(negative control) for one task is everything, and that is seen',
      ),
    ),
  },
  {
    id: 'S002-caching',
    phrase: 'Added caching for frequently accessed state information',
    promise: 'A cached state is checked against the database: a stale read is impossible.',
    standing: proved(
      by(IN.lists, 'each see at once what the other did: a stale read is impossible'),
      by(IN.groupCommit, 'is read at once: a stale read is impossible'),
    ),
  },
  {
    id: 'S002-lock-wait',
    phrase: 'Database lock wait times: <1 second',
    promise: 'No operation waits a second for a lock, with eight writers.',
    standing: proved(
      by(IN.writers, EIGHT_WRITERS),
      by(IN.performancePage, 'has no goal that was not met'),
    ),
  },
  {
    id: 'S002-few-timeouts',
    phrase: 'Task execution timeouts: <2% of operations',
    promise: 'No operation passes its deadline, with eight writers.',
    standing: proved(by(IN.writers, EIGHT_WRITERS)),
  },
  {
    id: 'S002-throughput',
    phrase: '4x improvement in average performance',
    promise: 'Group commit is at least five times as fast as a commit for each operation.',
    standing: proved(
      by(IN.performancePage, 'has no goal that was not met'),
      by(
        IN.groupCommit,
        'operations of one turn share one transaction, each in a savepoint of its own',
        'with grouping off every operation is a transaction of its own',
      ),
    ),
  },
  {
    id: 'S002-completion-rate',
    phrase: '99%+ successful task completion rate',
    promise: 'Of 200 tasks 200 complete, through 300 kills.',
    standing: proved(
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
    ),
  },
  {
    id: 'S002-soak',
    phrase: 'Zero hanging operations in 72-hour stress test',
    promise: 'A simulated week of retries and expiries ends with nothing waiting without a reason.',
    standing: proved(
      by(
        IN.week,
        'of failures, backoff, rate limits, deaths and lost leases is over in seconds',
        'with the same seed is the same again, and another one with another',
      ),
    ),
  },
  {
    id: 'S002-failure-modes',
    phrase: 'Graceful recovery from all tested failure modes',
    promise: 'Each fault of the documented list is recovered from, to the end of the list.',
    standing: proved(
      by(
        IN.faultsDatabase,
        'a database with a spoilt header is set aside untouched, the list is finished',
        'a database that lost task_queue is set aside, and the list is finished',
        'a deleted database is saved from memory, and the same run finishes the list',
        'a deleted list file stops nothing; restored, it gets its marks',
      ),
      by(IN.faultsDisk, 'is full for a while during a run: the list is finished, nothing is lost'),
    ),
  },
  {
    id: 'S002-concurrent-tests',
    phrase: 'Integration tests for concurrent task execution',
    promise: 'Random interleavings of several clients are compared with a model.',
    standing: proved(
      by(
        IN.storeModel,
        'agree after every step of any sequence of verbs by several holders',
        'agree when every step is made by another process’s connection to one file',
      ),
      by(IN.claiming, 'concurrent claims never take one task twice'),
    ),
  },
  {
    id: 'S002-load-tests',
    phrase: 'Stress tests with high concurrent load',
    promise: 'Sixty-four callers at once are each served.',
    standing: proved(
      by(IN.performancePage, 'has no goal that was not met'),
      by(IN.writers, EIGHT_WRITERS),
    ),
  },
  {
    id: 'S002-benchmarks',
    phrase: 'Performance benchmarks for database operations',
    promise: '`npm run bench` prints and writes the figures, with the machine and the settings.',
    standing: proved(
      by(
        IN.performancePage,
        'has the figures that were promised, with their goals',
        'names the machine and the settings',
      ),
    ),
  },
  {
    id: 'S002-metrics',
    phrase: 'Add more granular performance monitoring and metrics',
    promise: 'Each operation is measured by name.',
    standing: open('insight'),
  },
  {
    id: 'S002-error-reports',
    phrase: 'Enhance error reporting for debugging concurrent issues',
    promise: 'A refusal names the holder, since when, and the event.',
    standing: proved(
      by(IN.claiming, 'claiming exactly one task refuses what cannot run, and says why'),
    ),
  },
  {
    id: 'S002-distributed-locks',
    phrase: 'distributed locks for multi-instance deployments',
    promise: 'Locks hold between machines that share a database.',
    standing: open('manyMachines'),
  },
  {
    id: 'S002-backoff',
    phrase: 'sophisticated retry strategies with exponential backoff',
    promise: 'Retries are spread with backoff, full jitter and a limit.',
    standing: proved(
      by(
        IN.retry,
        'lies in a window that doubles with every try, up to its maximum',
        'may be anything from nothing to that window',
      ),
      by(
        IN.simOutcomes,
        'retries with growing pauses, then fails the task and skips what needs it',
      ),
    ),
  },
  {
    id: 'S002-tuning',
    phrase: 'automatic performance tuning based on workload patterns',
    promise: 'The size of a batch follows the load by itself.',
    standing: proved(
      by(
        IN.groupCommit,
        'operations of one turn share one transaction, each in a savepoint of its own',
        'an operation alone needs no savepoint',
        'a batch is bounded in operations',
      ),
    ),
  },
  {
    id: 'S002-event-driven',
    phrase: 'event-driven architecture for better scalability',
    promise: 'What happened is read from the events, after a cursor, by every process.',
    standing: proved(
      by(IN.reading, 'events are read after a cursor, by task, by list and by kind'),
      by(IN.groupCommit, 'is told to listeners, also when a refused write of ours saw it first'),
      by(IN.simListRun, 'watches the first, tells the same, and ends with it'),
    ),
  },
];
