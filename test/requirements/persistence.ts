import { EIGHT_WRITERS, IN } from './proof-files.ts';
import { by, proved, type Requirement } from './requirement.ts';

/** What an older orchestrator's users were promised when its files became a database. */
export const PERSISTENCE: readonly Requirement[] = [
  {
    id: 'S000-database-instead-of-files',
    phrase: 'Replace file-based persistence with database transactions',
    promise: 'Every change of a task is one transaction; no state lives in files of its own.',
    standing: proved(
      by(IN.storeKilled, 'loses nothing that was acknowledged, and leaves nothing half done'),
      by(IN.persistence, 'queue persists to database on load'),
    ),
  },
  {
    id: 'S000-no-server-setup',
    phrase: 'SQLite is lightweight, requires no server setup',
    promise: 'Nothing has to be installed or started before the first run.',
    standing: proved(
      by(IN.project, 'needs nothing that was installed, made or started before its first run'),
      by(IN.bin, 'runs the sources of a checkout that was never built'),
    ),
  },
  {
    id: 'S000-no-lock-contention',
    phrase: 'Eliminate lock contention issues',
    promise: 'Eight processes writing to one file: no lock error reaches a user, none starves.',
    standing: proved(by(IN.writers, EIGHT_WRITERS)),
  },
  {
    id: 'S000-concurrent-access',
    phrase: 'Support concurrent access safely',
    promise: 'Any interleaving of several clients leaves a state that one order of them explains.',
    standing: proved(
      by(
        IN.storeModel,
        'agree after every step of any sequence of verbs by several holders',
        'agree when every step is made by another process’s connection to one file',
      ),
    ),
  },
  {
    id: 'S000-transaction-boundaries',
    phrase: 'Implement proper transaction boundaries with commit/rollback',
    promise: 'A fault at any statement leaves nothing half done: what was refused is not durable.',
    standing: proved(
      by(
        IN.sqliteFaults,
        'nothing reported as failed is durable, nothing acknowledged is lost: %s, once',
        'the same when every statement from there on fails, the rollback too: %s',
        'refuses the whole batch, and nothing of it is durable',
        'would leave what it reported as failed, were the lost transaction not noticed',
      ),
    ),
  },
  {
    id: 'S000-many-records-at-once',
    phrase: 'Use transactions for operations that modify multiple records',
    promise:
      'A task, its event, its dependants and its ledger entry change together or not at all.',
    standing: proved(
      by(
        IN.sqliteFaults,
        'nothing reported as failed is durable, nothing acknowledged is lost: %s, once',
      ),
      by(
        IN.dependants,
        'a dependant is ready when the last of its dependencies completed, in the same moment',
        'a chain of a thousand tasks is skipped and brought back in one transaction each',
      ),
      by(IN.coordination, 'a repeated request key gets the first answer and has no second effect'),
    ),
  },
  {
    id: 'S000-error-types',
    phrase: 'Implement proper exception handling with specific error types',
    promise: 'Every failure leaves as one error with a code, details and a cause.',
    standing: proved(
      by(IN.errorPage, 'has a remedy for each code, as a sentence'),
      by(IN.answers, '%j is refused with exit code %i, on standard error'),
      by(
        IN.logger,
        'tells an error once, with code, operation, task, attempt, statement and causes',
      ),
    ),
  },
  {
    id: 'S000-transient-retries',
    phrase: 'Add retry logic for transient database errors',
    promise:
      'A busy or faltering disk is retried within a limit; a violated constraint is executed once.',
    standing: proved(
      by(IN.sqliteFaults, 'an input/output error is tried three times, then told'),
      by(IN.groupCommit, 'a violated constraint is executed exactly once, and typed'),
      by(
        IN.simFaults,
        'that is busy for a while at every call slows the list down and stops nothing',
      ),
    ),
  },
  {
    id: 'S000-error-log',
    phrase: 'Log detailed error information for troubleshooting',
    promise:
      'An error leaves one line in the log: code, operation, task, attempt, statement, cause.',
    standing: proved(
      by(
        IN.logger,
        'tells an error once, with code, operation, task, attempt, statement and causes',
        'holds no secret, neither in fields nor in messages',
        'keeps at most so many files of at most so many bytes',
      ),
      by(IN.project, 'leaves one line in the log, with code, operation and task, and no secret'),
    ),
  },
  {
    id: 'S000-recovery',
    phrase: 'Provide proper error handling and recovery',
    promise: 'A full disk, a read-only folder and a broken file each end as documented.',
    standing: proved(
      by(
        IN.faultsDisk,
        'is full for a while during a run: the list is finished, nothing is lost',
        'is full, and the run is killed meanwhile: the next one finishes the list',
        'is read-only at the start: an error with code and remedy, nothing is begun',
      ),
      by(
        IN.faultsDatabase,
        'a database with a spoilt header is set aside untouched, the list is finished',
      ),
    ),
  },
  {
    id: 'S000-indexes',
    phrase: 'Include proper indexes for efficient querying',
    promise: 'Every hot statement uses the index it names.',
    standing: proved(
      by(
        IN.plans,
        'rows are looked up by %s through an index, without a sort',
        'a claim reads the ready index alone, in its order',
        'a heartbeat goes from what is held to its rows, never over the queue',
        'finishing finds the dependants, and those to bring back, through indexes',
      ),
    ),
  },
  {
    id: 'S000-connections',
    phrase: 'Implement connection pooling for efficient resource usage',
    promise: 'Connections are few, opened once, and closed when the store is closed.',
    standing: proved(
      by(IN.workspace, 'are few, stay the same whatever is asked, and are gone when it is closed'),
    ),
  },
  {
    id: 'S000-connection-cleanup',
    phrase: 'Use context managers for automatic connection cleanup',
    promise: 'After a stop no connection, lock or temporary file is left.',
    standing: proved(
      by(IN.workspace, 'are few, stay the same whatever is asked, and are gone when it is closed'),
      by(IN.project, 'needs nothing that was installed, made or started before its first run'),
    ),
  },
  {
    id: 'S000-faster-than-files',
    phrase: 'Benchmark performance compared to the file-based approach',
    promise: 'Durable writes are at least twenty times those of a file of JSON at 1,000 tasks.',
    standing: proved(by(IN.performancePage, 'has no goal that was not met')),
  },
  {
    id: 'S000-database-url',
    phrase: 'if db_url is None: db_url = "sqlite:///task_orchestrator.db"',
    promise: 'The database is found without being named, and can be named.',
    standing: proved(
      by(IN.project, 'is found from its list, from the folders below it, and from another one'),
      by(IN.answers, 'works in another folder with -C, before or after the command'),
    ),
  },
  {
    id: 'S000-breakdown-with-subtasks',
    phrase: '`TaskBreakdown` model with one-to-many relationship to `SubTask` models',
    promise: 'A breakdown has its subtasks, each a task of its own list.',
    standing: proved(
      by(
        IN.breakdowns,
        'a breakdown is stored with its subtasks, edges and events; its list has no file',
        'a plan with faults is refused with all of them, and nothing of it is stored',
      ),
      by(IN.outside, 'the view of subtasks has the columns that users of the older server know'),
      by(
        IN.breakdownModel,
        'a breakdown and a model of its queue agree after every step of any sequence',
      ),
      by(IN.cliBreakdowns, 'is run by its path or its parent id, with nothing but its own words'),
      by(IN.breakdownsWork, 'says that all is done only when all is, and what is open otherwise'),
    ),
  },
  {
    id: 'S000-cascade',
    phrase: 'cascade="all, delete-orphan"',
    promise:
      'A breakdown is put away with its subtasks at once, unless one is being worked on; ' +
      'nothing is deleted, and all of it can be brought back.',
    standing: proved(
      by(
        IN.breakdownEdits,
        'an archived breakdown is out of claims, counters and views, and comes back as it was',
        'a breakdown of which a subtask runs is not put away: its holder is named',
      ),
    ),
  },
  {
    id: 'S000-same-methods',
    phrase: 'Maintain the same method signatures in the `PersistenceManager` class',
    promise: '`PersistenceManager` has the methods that its users call, with the same meanings.',
    standing: proved(
      by(
        IN.persistenceManager,
        'gives back what was saved, in another process’s manager as well',
        'saves what its owner changed, and takes back nothing that others did',
        'archives and lists what is archived',
        'refuses bad input by a typed error, and changes nothing',
        'keeps them in another database, named by %s',
        'keeps them on a server, which any number of managers share',
        'locks by name between managers: one holds, the others wait or are told who',
        'takes role files over, and leaves what is there',
        'makes all its changes or, after a throw, none',
        'left without a commit changes nothing, and too late is refused',
      ),
      by(
        IN.savedBreakdowns,
        'what is saved is loaded the same, with what had become of it before',
        'a subtask that is %s can be saved as %s, by the events that lead there',
        'all of several saves happens, or nothing',
      ),
      by(
        IN.lostUpdates,
        'lose none of their updates (round %i)',
        '(negative control) lose some where a save takes everything out and in again',
      ),
    ),
  },
  {
    id: 'S000-state-manager',
    phrase: 'Update the `StateManager` to use the new `DatabasePersistenceManager`',
    promise: '`StateManager` stands on the same store and sees every change at once.',
    standing: proved(
      by(
        IN.persistenceManager,
        'finds and changes subtasks by their ids alone',
        'names the breakdowns when an id is not unique over them',
      ),
    ),
  },
  {
    id: 'S000-move-over',
    phrase: 'Create a migration script to move existing tasks to the new database',
    promise: '`pawl import` takes over the state of the older orchestrators.',
    standing: proved(
      by('src/operations/import-source.test.ts', 'takes over plan files'),
      by(
        'src/operations/import-mutated.test.ts',
        'nothing is lost or doubled, and the source stays as it is',
        'that is torn or damaged all is taken that is whole, once, and the rest is said',
      ),
      by(
        'test/e2e/cli-import.test.ts',
        'says what it would do, and does nothing',
        'reports every repair and conflict with place and remedy, and leaves the source',
        'killed at any moment, goes on where it was',
      ),
      by(
        'src/importing/read-source.test.ts',
        'every shape that was seen is read for what it means',
        'the newest layout: a tree, JSON in JSON, three databases and sessions',
      ),
    ),
  },
  {
    id: 'S000-move-over-validated',
    phrase: 'Validates the migration was successful',
    promise: 'An import counts what it read against what it wrote before it is final.',
    standing: proved(
      by(
        'test/contract/store/imports-contract.ts',
        'a plan is taken over with what became of its tasks, when it did',
      ),
    ),
  },
  {
    id: 'S000-both-systems',
    phrase: 'allows reading from both systems during transition',
    promise:
      'Tasks still only in the older store are shown, marked, and taken over at their first ' +
      'change; an import can be repeated, or follow, while the older system is still in use.',
    standing: proved(
      by(
        'test/contract/store/imports-contract.ts',
        'the same again changes nothing, and what changed there is brought over',
        'what was changed here stays, and the conflict is told each time',
      ),
      by(
        'src/operations/older-tasks.test.ts',
        'an older store shows what was not taken over, and gives it up with its plan',
        'looking at it, by whatever name, changes nothing here or there',
        'is kept as long as no file changes, for other processes, too',
        'while the older server writes, tasks are taken over: none lost, none doubled',
      ),
      by(
        'test/e2e/cli-import.test.ts',
        'repeated, follows what changed there, doubles nothing, keeps what is ours',
      ),
      by(
        'test/e2e/import-both.test.ts',
        'while the older server makes its changes, they are followed and tasks are taken over',
      ),
      by(
        'test/e2e/cli-legacy.test.ts',
        'shows its tasks, marked, before anything was made, and makes nothing',
        'gives a breakdown up at the first change, once, however many change it',
        'is a warning where it cannot be read, and no failure',
      ),
      by(
        'test/contract/mcp/legacy.test.ts',
        'are found and counted, marked, and nothing is made or changed by that',
        'one that is claimed brings its breakdown along, once, and is ended here',
      ),
    ),
  },
];
