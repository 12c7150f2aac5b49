import { IN } from './proof-files.ts';
import { by, open, proved, type Requirement } from './requirement.ts';

/** The persistent queue: crashes, edge cases, and the words it is used by. */
export const QUEUE_RECOVERY: readonly Requirement[] = [
  {
    id: 'S003-parsed-dependencies',
    phrase: 'Task IDs that must complete before this task',
    promise: 'A parsed task has its dependencies, from a column or a clause.',
    standing: proved(
      by(IN.clauses, 'cuts all clauses off the end of a text'),
      by(IN.parseList, 'columns are found by their headings, and others are kept'),
      by(IN.persistence, 'queue persists to database on load'),
    ),
  },
  {
    id: 'S003-position-kept',
    phrase: 'Queue position is maintained',
    promise: 'A crash changes no position.',
    standing: proved(by(IN.project, 'keeps its order, its times and its counts')),
  },
  {
    id: 'S003-counts-kept',
    phrase: 'Completed/failed/skipped counts are preserved',
    promise: 'Counts after a crash are those before it.',
    standing: proved(
      by(IN.project, 'keeps its order, its times and its counts'),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
    ),
  },
  {
    id: 'S003-running-recovered',
    phrase: "Tasks in progress are reset to 'queued'",
    promise: 'A task whose agent is gone is queued again; one whose agent lives is adopted.',
    standing: proved(
      by(IN.simOutcomes, 'charges a lost agent to the crashes, not to the attempts'),
      by(
        IN.simRescue,
        'adopts an agent that lives, with no pause for its lease',
        'collects an agent that ended meanwhile, with its last words',
      ),
      by(IN.project, 'keeps its order, its times and its counts'),
    ),
  },
  {
    id: 'S003-long-builds',
    phrase: 'For builds that take hours or days',
    promise: 'A week of work passes through restarts without losing a task.',
    standing: proved(
      by(IN.week, 'of failures, backoff, rate limits, deaths and lost leases is over in seconds'),
    ),
  },
  {
    id: 'S003-deploy-while-running',
    phrase: 'Can safely deploy updates during execution',
    promise: 'A new version takes over while agents work.',
    standing: open('restart'),
  },
  {
    id: 'S003-history',
    phrase: 'See historical queue state',
    promise: 'What a queue was at a moment can be told from its events.',
    standing: proved(
      by(IN.history, 'what a queue was at any moment is told from its events up to then'),
    ),
  },
  {
    id: 'S003-progression',
    phrase: 'Track task progression over time',
    promise: '`pawl show` lists the attempts and events of a task.',
    standing: proved(
      by(IN.readingQueue, 'shows a task with its dependencies, attempts and events'),
    ),
  },
  {
    id: 'S003-own-executor',
    phrase: 'Each task list has its own executor state',
    promise: 'Several lists are worked through at once, each with its own state.',
    standing: proved(
      by(IN.lists, 'are each worked through by a process of their own, with a state of their own'),
    ),
  },
  {
    id: 'S003-no-conflicts',
    phrase: 'No conflicts between concurrent executors',
    promise:
      'Two executors of two lists never touch each other; two of one list never do a task twice.',
    standing: proved(
      by(IN.lists, 'are each worked through by a process of their own, with a state of their own'),
      by(IN.run, 'a second run of the same list watches, and goes on when the first one dies'),
      by(IN.simOutcomes, 'is never more at once than the limit, also with two executors'),
      by(IN.claiming, 'concurrent claims never take one task twice'),
    ),
  },
  {
    id: 'S003-usage',
    phrase: 'const executor = getTaskExecutor();',
    promise: 'The promised three lines run as written.',
    standing: proved(by(IN.embedding, 'load a list and start it, and after a crash they go on')),
  },
  {
    id: 'S003-usage-after-crash',
    phrase: 'Queue is automatically restored from database',
    promise: 'The same three lines go on after a crash.',
    standing: proved(by(IN.embedding, 'load a list and start it, and after a crash they go on')),
  },
  {
    id: 'S003-sql-active-queue',
    phrase: 'SELECT * FROM v_active_queue;',
    promise: 'The view has the promised columns, in the order of priority, then position.',
    standing: proved(
      by(IN.lists, 'answer while a list is worked through, and afterwards'),
      by(IN.outside, 'the active queue has the promised columns, in the promised order of rows'),
    ),
  },
  {
    id: 'S003-sql-task-queue',
    phrase: 'SELECT * FROM task_queue WHERE task_list_path',
    promise: 'The promised query runs as written, with the stock client, during a run.',
    standing: proved(
      by(IN.lists, 'answer while a list is worked through, and afterwards'),
      by(
        IN.stockClient,
        'runs the documented queries verbatim, while a list is worked on and afterwards',
      ),
    ),
  },
  {
    id: 'S003-sql-executor-state',
    phrase: 'SELECT * FROM executor_state WHERE task_list_path',
    promise: 'The promised query runs as written, with the stock client, during a run.',
    standing: proved(
      by(IN.lists, 'answer while a list is worked through, and afterwards'),
      by(
        IN.stockClient,
        'runs the documented queries verbatim, while a list is worked on and afterwards',
      ),
    ),
  },
  {
    id: 'S003-edited-file',
    phrase: 'Database queue remains unchanged',
    promise: 'A file edited during a run changes the queue at the next load.',
    standing: proved(by(IN.run, 'an edited list counts at the next load, with --watch at once')),
  },
  {
    id: 'S003-edited-file-synced',
    phrase: 'Next restart will sync with updated file',
    promise: 'The next load reconciles what was added, moved, changed and removed.',
    standing: proved(
      by(
        IN.loading,
        'an edited line updates its task; a moved one writes no event',
        'a task removed from its list is archived: out of claims, counts and views',
      ),
      by(IN.reconcile, 'is reconciled once and then agrees'),
    ),
  },
  {
    id: 'S003-completed-stay',
    phrase: "Completed tasks won't be re-added to queue",
    promise: 'What is completed never runs again because the file changed.',
    standing: proved(
      by(IN.reconcile, 'never takes a completed task out of completed, nor adds it again'),
    ),
  },
  {
    id: 'S003-corruption',
    phrase: 'Queue is rebuilt from scratch',
    promise: 'A missing or corrupt database is set aside and rebuilt from backup and marks.',
    standing: proved(
      by(
        IN.faultsDatabase,
        'a database with a spoilt header is set aside untouched, the list is finished',
        'a deleted database is rebuilt from its backup and the marks',
        'a spoilt database with spoilt backups is rebuilt from the marks alone',
        'a dropped task_queue does not keep the same run from finishing the list',
      ),
    ),
  },
  {
    id: 'S003-corruption-warns',
    phrase: 'Warning is logged but execution continues',
    promise: 'It warns once, and finishes the list.',
    standing: proved(
      by(
        IN.faultsDatabase,
        'a database with a spoilt header is set aside untouched, the list is finished',
        'a dropped task_queue does not keep the same run from finishing the list',
      ),
    ),
  },
  {
    id: 'S003-dependencies-stored',
    phrase: 'Dependencies are stored as JSON arrays',
    promise: 'The JSON and the table of dependencies are always equal.',
    standing: proved(
      by(IN.lists, 'answer while a list is worked through, and afterwards'),
      by(IN.storeModel, 'agree after every step of any sequence of verbs by several holders'),
      by(IN.outside, 'the audit finds %s'),
    ),
  },
  {
    id: 'S003-dependency-graph',
    phrase: 'Can be queried for dependency graphs',
    promise: 'The graph is read by SQL and by `pawl why`.',
    standing: proved(
      by(IN.lists, 'answer while a list is worked through, and afterwards'),
      by(IN.explain, 'a blocked one names the chain down to its root cause'),
    ),
  },
  {
    id: 'S003-named-test',
    phrase: 'npm test task-queue-persistence',
    promise: 'That command runs the test file of that name.',
    standing: proved(
      by(IN.requirements, '`npm test task-queue-persistence` runs the file of that name'),
    ),
  },
  {
    id: 'S003-test-persists',
    phrase: 'Queue persists to database on load',
    promise: 'A test of that title exists.',
    standing: proved(by(IN.persistence, 'queue persists to database on load')),
  },
  {
    id: 'S003-test-restores',
    phrase: 'Queue restores from database on restart',
    promise: 'A test of that title exists.',
    standing: proved(by(IN.persistence, 'queue restores from database on restart')),
  },
  {
    id: 'S003-test-state',
    phrase: 'Executor state persists',
    promise: 'A test of that title exists.',
    standing: proved(by(IN.persistence, 'executor state persists')),
  },
  {
    id: 'S003-test-status',
    phrase: 'Task status updates on execution',
    promise: 'A test of that title exists.',
    standing: proved(by(IN.persistence, 'task status updates on execution')),
  },
  {
    id: 'S003-test-priority',
    phrase: 'Priority order maintained',
    promise: 'A test of that title exists.',
    standing: proved(by(IN.persistence, 'priority order is maintained')),
  },
  {
    id: 'S003-test-pause',
    phrase: 'Pause/resume state persists',
    promise: 'A test of that title exists.',
    standing: proved(by(IN.persistence, 'pause and resume state persists')),
  },
  {
    id: 'S003-test-skip',
    phrase: 'Skip/requeue operations persist',
    promise: 'A test of that title exists.',
    standing: proved(by(IN.persistence, 'skip and requeue operations persist')),
  },
  {
    id: 'S003-backward-compatible',
    phrase: 'Tables created with `IF NOT EXISTS`',
    promise: 'Creating the tables is safe on an existing database, and changes nothing there.',
    standing: proved(
      by(IN.workspace, 'is safe, and changes nothing in its database'),
      by(
        IN.sqliteFile,
        'of one new file by eight processes at once gives one store to all',
        "another program's database is refused, and stays untouched",
      ),
    ),
  },
  {
    id: 'S003-migrate-script',
    phrase: 'npm run migrate',
    promise: 'The command brings the schema up to date.',
    standing: proved(
      by(IN.cliMigrate, 'migrates when it is told to, with a backup, and remembers it'),
    ),
  },
];
