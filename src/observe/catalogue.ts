/**
 * Every name under which Pawl logs something, with what it says. Names are a public contract:
 * alerts are written against them, so a name is never renamed or given a second meaning.
 */
export const LOG_EVENTS = {
  'pawl.started': 'A process of Pawl began work that lasts.',
  'pawl.ended': 'It ended as it should.',
  'operation.refused': 'A call was answered with a refusal; nothing changed.',
  'operation.failed': 'A call failed; nothing that it reported as failed is durable.',
  'list.loaded': 'A list was read and brought into the store.',
  'list.edited': 'A command added a task to a list file, or changed one in it.',
  'list.merged': 'What an editor saved into a list while it was replaced was put in its place.',
  'list.unmerged': 'An editor saved into a list after it was replaced; its text was put aside.',
  'marks.written': 'Marks were written into a list file.',
  'marks.owed': 'Marks could not be written yet; they stay owed.',
  'marks.failed': 'Writing marks failed; they stay owed.',
  'executor.started': 'A list is being executed by this process.',
  'executor.ended': 'This process executes the list no more.',
  'executor.superseded': 'Another process took over the execution of the list.',
  'executor.failed': 'An executor ended by a fault of its own.',
  'executor.changed': 'A person paused, resumed or stopped a list.',
  'attempt.started': 'An agent was started, or a living one adopted.',
  'attempt.ended': 'An attempt ended with the outcome named.',
  'attempt.refused': 'The outcome of an attempt came too late and was not accepted.',
  'task.changed': 'A person skipped, cancelled, retried or requeued a task.',
  'task.rescued': 'A command ended the agent of a holder that is gone.',
  'lease.lost': 'An attempt is watched over by somebody else, or over.',
  'store.waiting': 'The store cannot be read or written for the moment; it is tried again.',
  'store.rebuilt': 'The database was set aside and rebuilt.',
  'schema.migrated': 'The database was brought to the schema of this version.',
  'schema.drift': 'Somebody else changed the schema; what it means is said.',
  'schema.failed': 'The schema could not be brought up; the database is what it was.',
  'store.restored': 'A backup was put in the place of the database.',
  'store.backup': 'The store was copied.',
  'backup.failed': 'A backup could not be made.',
  'backup.unusable': 'A backup was found, and is damaged.',
  'locks.cleaned': 'Stale locks were removed.',
  'attempts.pruned': 'What old attempts left on disk was removed.',
  'log.lines_lost': 'The log itself could not be written for a while.',
} as const satisfies Readonly<Record<string, string>>;

export type LogEvent = keyof typeof LOG_EVENTS;
