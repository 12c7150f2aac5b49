import { IN } from './proof-files.ts';
import { by, open, proved, type Requirement } from './requirement.ts';

/** The persistent queue: its tables, and the executor that keeps them. */
export const QUEUE: readonly Requirement[] = [
  {
    id: 'S003-survives-restarts',
    phrase: 'ensuring that the queue survives server restarts',
    promise: 'A loaded queue is in the database, and there after every kind of end.',
    standing: proved(
      by(IN.persistence, 'queue restores from database on restart'),
      by(IN.kill, 'a list is completed, each task once, whatever moment its run is killed at'),
      by(IN.storeKilled, 'loses nothing that was acknowledged, and leaves nothing half done'),
    ),
  },
  {
    id: 'S003-task-queue-columns',
    phrase: 'CREATE TABLE task_queue',
    promise: '`task_queue` has the promised columns, types, defaults and checks.',
    standing: proved(
      by(
        IN.outside,
        'a task that another program inserts with the promised columns alone can be run',
        'the promised columns show what happened, with times that compare as text',
        'a constraint keeps nonsense out, and is told as such',
      ),
    ),
  },
  {
    id: 'S003-executor-state-columns',
    phrase: 'CREATE TABLE executor_state',
    promise: '`executor_state` has the promised columns, and serves an outside INSERT and UPDATE.',
    standing: proved(
      by(
        IN.outside,
        'an executor that another program inserts, pauses and resumes is ours to run',
        'the promised columns show what happened, with times that compare as text',
      ),
      by(IN.stockClient, 'inserts a task and an executor with the promised columns alone'),
    ),
  },
  {
    id: 'S003-queue-indexes',
    phrase: '`task_list_path` - Fast lookup by task list',
    promise: 'Look-ups by list, status, priority, position and (list, task) use an index.',
    standing: proved(by(IN.plans, 'rows are looked up by %s through an index, without a sort')),
  },
  {
    id: 'S003-unique-in-list',
    phrase: '`(task_list_path, task_id)` - Unique constraint',
    promise: 'A task id is unique within its list, never across lists.',
    standing: proved(
      by(IN.outside, 'a constraint keeps nonsense out, and is told as such'),
      by(
        IN.loading,
        'several lists lie beside each other, with equal task ids and each with its own executor',
      ),
    ),
  },
  {
    id: 'S003-persist-queue',
    phrase: '`persistQueueToDatabase()`',
    promise: 'It flushes, returns when committed, and deletes no leased or finished task.',
    standing: proved(
      by(IN.embedding, 'keeps what is leased and what is finished when it stores its queue again'),
    ),
  },
  {
    id: 'S003-restore-queue',
    phrase: '`restoreQueueFromDatabase(filePath)`',
    promise: 'It returns the stored tasks in their order, and the counters.',
    standing: proved(
      by(IN.persistence, 'queue restores from database on restart'),
      by(IN.embedding, 'keeps what is leased and what is finished when it stores its queue again'),
    ),
  },
  {
    id: 'S003-restore-order',
    phrase: 'Restore queue items in the same order',
    promise: 'After a restart the order is the one before it.',
    standing: proved(
      by(IN.persistence, 'queue restores from database on restart'),
      by(IN.project, 'keeps its order, its times and its counts'),
    ),
  },
  {
    id: 'S003-persist-state',
    phrase: '`persistExecutorState()`',
    promise: 'Status, options and counts are stored when it returns.',
    standing: proved(
      by(IN.persistence, 'executor state persists'),
      by(IN.embedding, 'those of the last run are read back by the next executor'),
    ),
  },
  {
    id: 'S003-config-json',
    phrase: 'Stores configuration as JSON',
    promise: 'The options of a run are read back after a crash.',
    standing: proved(
      by(IN.run, 'after kill -9 the next run goes on with the options of the last one'),
      by(
        IN.embedding,
        'those of the last run are read back by the next executor',
        'those of `start`, too, and by every executor after the next one',
      ),
      by(IN.readConfig, 'go on with what was given, and with nothing else'),
    ),
  },
  {
    id: 'S003-update-status',
    phrase: '`updateTaskQueueStatus(taskId, status)`',
    promise: 'A status changes by the transitions alone; an illegal change is a typed refusal.',
    standing: proved(
      by(IN.embedding, 'refuses a status that only a run can bring about, and changes nothing'),
      by(IN.transition, 'lead only where the table of legal transitions says'),
    ),
  },
  {
    id: 'S003-timestamps',
    phrase: 'Sets timestamps (started_at, completed_at) based on status',
    promise: 'Times are set with the status they belong to.',
    standing: proved(
      by(IN.outside, 'the promised columns show what happened, with times that compare as text'),
      by(IN.lists, 'answer while a list is worked through, and afterwards'),
    ),
  },
  {
    id: 'S003-load-restores',
    phrase: 'Tries to restore from DB, falls back to file',
    promise: 'Loading a known list goes on where it stood.',
    standing: proved(
      by(IN.persistence, 'queue restores from database on restart'),
      by(IN.loading, 'loading the same list again changes nothing and writes no event'),
    ),
  },
  {
    id: 'S003-start-persists',
    phrase: '`start()` - Persists state change',
    promise: 'A start is stored before it takes effect.',
    standing: proved(
      by(IN.persistence, 'executor state persists'),
      by(
        IN.claiming,
        'the executor remembers since when it runs, is paused or stopped, and its options',
        'nothing is claimed while the executor is %s',
      ),
    ),
  },
  {
    id: 'S003-pause-persists',
    phrase: '`pause()` - Persists state change',
    promise: 'A paused list is paused after a restart too.',
    standing: proved(
      by(IN.persistence, 'pause and resume state persists'),
      by(IN.simListRun, 'leaves a list paused that was paused when its executor died'),
    ),
  },
  {
    id: 'S003-stop-persists',
    phrase: '`stop()` - Persists state change',
    promise: 'A stopped list starts nothing, and its running tasks are queued again, uncharged.',
    standing: proved(
      by(IN.verbs, 'stop ends the agents and the run; what ran is queued, uncharged'),
      by(IN.simListRun, 'stops a list for good whose executor died before it could'),
    ),
  },
  {
    id: 'S003-execute-task',
    phrase: 'Updates queue status before/after execution',
    promise: 'A task is stored as running before its agent starts, and as ended after it.',
    standing: proved(
      by(IN.lists, 'answer while a list is worked through, and afterwards'),
      by(IN.persistence, 'task status updates on execution'),
      by(IN.claiming, 'a claim is a lease with a fence, an attempt and an event'),
    ),
  },
  {
    id: 'S003-skip-persists',
    phrase: 'Persists skip status',
    promise: 'A skipped task stays skipped after a restart.',
    standing: proved(by(IN.persistence, 'skip and requeue operations persist')),
  },
  {
    id: 'S003-requeue-persists',
    phrase: "Resets status to 'queued'",
    promise: 'A requeued task is queued with a fresh budget.',
    standing: proved(
      by(IN.persistence, 'skip and requeue operations persist'),
      by(IN.personsVerbs, 'requeue takes a delay away, with the budget renewed'),
    ),
  },
  {
    id: 'S003-http-routes',
    phrase: '`POST /api/executor/start`',
    promise: 'The executor is driven over HTTP, by the promised routes and bodies.',
    standing: open('http'),
  },
];
