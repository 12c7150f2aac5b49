/**
 * Everything that can go wrong, once. A code is a public contract: it is stored in events, printed
 * with `--json` and matched by programs, so a code is never renamed or given a second meaning.
 */
export interface ErrorRule {
  /** The same call may succeed later without anybody changing anything. */
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly exitCode: number;
  /** What the reader can do. Never a command that destroys. */
  readonly remedy: string;
}

const rule = (
  exitCode: number,
  httpStatus: number,
  remedy: string,
  retryable = false,
): ErrorRule => ({ retryable, httpStatus, exitCode, remedy });

export const ERROR_CATALOGUE = {
  // What the caller said
  usage: rule(2, 400, 'See `pawl --help`.'),
  arguments_invalid: rule(2, 400, 'Correct the named arguments; nothing was changed.'),
  workspace_unknown: rule(2, 400, 'Name the project to work in by its absolute path.'),
  config_invalid: rule(2, 400, 'Correct the named settings; every fault is listed.'),
  task_not_found: rule(1, 404, 'List the tasks with `pawl list`.'),
  task_ambiguous: rule(2, 409, 'Name the list too, or give more of the id.'),
  list_not_found: rule(1, 404, 'Load the list with `pawl run FILE`, or see `pawl status`.'),
  list_ambiguous: rule(2, 409, 'Several lists are known: name the one you mean.'),
  list_unreadable: rule(1, 422, 'Check the path and its permissions.'),
  list_not_a_file: rule(1, 422, 'Give the path of a markdown file.'),
  list_too_large: rule(1, 413, 'Split the list, or raise `listBytesMax`.'),
  list_not_text: rule(1, 422, 'The list must be UTF-8 text.'),
  list_empty: rule(1, 422, 'See the findings: nothing in the file is a task that Pawl takes.'),
  list_invalid: rule(1, 422, 'Correct the lines that the findings name; nothing was changed.'),
  list_cycle: rule(1, 422, 'Remove one of the dependencies on the printed path.'),
  list_edit_refused: rule(1, 422, 'Edit the file by hand; nothing was changed.'),
  dependency_unknown: rule(1, 422, 'Name a task of the list, or pass `--ignore-missing`.'),
  task_id_needed: rule(2, 400, 'Pass `--id ID`.'),
  task_id_taken: rule(1, 409, 'Choose an id that this list never had.'),
  list_in_use: rule(3, 409, 'Stop it with `pawl stop`, or wait until it ends; then try again.'),
  list_exists: rule(3, 409, 'Name a file that is no other list, or work with both lists.'),
  list_unwritable: rule(
    1,
    409,
    'Make the list and its folder writable; then marks follow, and edits are to be repeated.',
    true,
  ),
  list_changed: rule(1, 409, 'Somebody else changed the list meanwhile: try again.', true),
  list_foreign_host: rule(3, 409, 'Pass `--join` if both machines mean the same file.'),
  list_has_no_file: rule(
    2,
    422,
    'A breakdown is kept in the database alone: `pawl run breakdown:ID`, `pawl list breakdown:ID`.',
  ),
  list_has_file: rule(3, 409, 'Change the line in the list’s file, or use `pawl edit ID`.'),
  host_not_found: rule(1, 404, 'See the names and ids with `pawl hosts`.'),
  plan_invalid: rule(1, 422, 'Correct what the details name; nothing was changed.'),
  breakdown_not_found: rule(1, 404, 'See the breakdowns that there are with `pawl status`.'),
  breakdown_exists: rule(1, 409, 'Choose another parent id, or leave it out to be given one.'),
  breakdown_archived: rule(3, 409, 'Restore the breakdown first.'),
  breakdown_in_use: rule(3, 409, 'Wait for the subtasks that run, or cancel them first.', true),
  session_not_found: rule(1, 404, 'Open a session first, or leave out its id.'),
  cursor_invalid: rule(2, 400, 'Ask again without a cursor, and begin at the first page.'),
  graph_too_large: rule(1, 413, 'Draw a part (`--only open`, `--task ID`), or `--format dot`.'),
  output_unwritable: rule(1, 422, 'Name a file that can be written, in a folder that exists.'),
  artifact_not_found: rule(1, 404, 'List the artifacts with `pawl artifacts`.'),
  artifact_ambiguous: rule(2, 409, 'Give more of the id.'),
  artifact_too_large: rule(1, 413, 'Store less of it, or several artifacts, or raise the limit.'),
  artifact_too_many: rule(1, 409, 'Put what belongs together into one artifact.'),
  artifact_gap: rule(1, 409, 'Send on from the offset that the details name as expected.'),
  artifact_conflict: rule(
    1,
    409,
    'Other bytes are stored at this offset already: read them, or open another artifact.',
  ),
  artifact_mismatch: rule(1, 422, 'Compare what was sent with what is stored; it is still open.'),
  output_elsewhere: rule(3, 409, 'Ask on the host that the message names, in that folder.'),
  path_outside: rule(3, 403, 'Name a file inside the project, outside its `.pawl` folder.'),
  file_unreadable: rule(1, 422, 'Name a regular file that exists and can be read.'),
  role_not_found: rule(1, 404, 'See the names with `pawl roles`.'),
  template_not_found: rule(1, 404, 'The tool `template_list` names those that there are.'),
  template_invalid: rule(1, 422, 'Correct what the details name; nothing was changed.'),
  template_exists: rule(1, 409, 'Choose another id, or let it be put aside and replaced.'),
  template_readonly: rule(3, 403, 'Keep one of your own by that id: it goes before this one.'),
  template_too_many: rule(1, 409, 'Put aside what nobody uses any more.'),
  client_file_invalid: rule(
    1,
    422,
    'Correct the file at the named place; `pawl setup CLIENT --print` shows what belongs there.',
  ),
  client_file_unreadable: rule(1, 422, 'Check what is at that path, and its permissions.'),
  client_file_unwritable: rule(
    1,
    409,
    'Make the file, its folder and the folder of backups writable; nothing was changed.',
    true,
  ),
  client_file_changed: rule(1, 409, 'Close the program that keeps saving it, and try again.', true),
  client_entry_foreign: rule(
    3,
    409,
    'Rename that entry, or take it over with `pawl setup CLIENT --replace KEY`.',
  ),
  client_entry_missing: rule(1, 404, 'Without `--replace` an entry of its own is added.'),
  import_source_unknown: rule(
    2,
    422,
    'Name a project, a store or a file as those that were looked for.',
  ),
  import_source_unreadable: rule(
    1,
    422,
    'Make the named file readable, and whole; nothing was changed.',
  ),
  import_source_busy: rule(1, 503, 'Stop the program that writes it, or try again.', true),
  import_not_verified: rule(1, 500, 'Nothing of that plan was kept; report it with `.pawl/log`.'),
  store_not_found: rule(1, 404, 'Run `pawl load FILE` or `pawl run FILE` in the project.'),
  key_reused: rule(2, 409, 'Use a new request key for a new request.'),
  claim_invalid: rule(2, 400, 'Pass the claim as it was given, or name the task without one.'),
  // What the state forbids
  claim_needed: rule(3, 409, 'Claim the task first; then pass the claim that you were given.'),
  task_blocked: rule(3, 409, 'Do first what it waits for; the details name it.'),
  claims_full: rule(
    4,
    409,
    'Finish or release a task first, or wait; `pawl limit` shows and sets limits.',
    true,
  ),
  label_not_offered: rule(
    4,
    409,
    'Claim it on a host that offers the label, or name it among `labels` of this one.',
  ),
  illegal_transition: rule(3, 409, 'See `pawl show ID` for the task as it is.'),
  stale_fence: rule(3, 409, 'The attempt was taken over; stop working on it.'),
  artifact_closed: rule(3, 409, 'It is complete and stays as it is; open another artifact.'),
  stale_term: rule(3, 409, 'Another process watches over the attempt now.'),
  lease_held: rule(3, 409, 'Wait for the holder, or cancel the task.', true),
  lock_held: rule(3, 409, 'Wait for the holder; the lock expires by itself.', true),
  lock_not_had: rule(
    75,
    409,
    'Wait for longer (`--wait`), or see with `pawl lock list` who has it.',
    true,
  ),
  lock_lost: rule(76, 409, 'Look at what was done meanwhile; then take the lock again.', true),
  lock_not_found: rule(1, 404, 'See the names with `pawl lock list`.'),
  executor_not_running: rule(4, 409, 'Resume it with `pawl resume`.'),
  nothing_ready: rule(4, 409, '`pawl why ID` names what each task waits for.'),
  confirmation_needed: rule(3, 409, 'Repeat with `--yes` if that is what you want.'),
  // What the surroundings did
  deadline_exceeded: rule(1, 504, 'Try again; `pawl doctor` looks for what blocks.', true),
  aborted: rule(130, 499, 'The call was cancelled by its caller.'),
  store_busy: rule(1, 503, 'Another process is writing; try again.', true),
  store_full: rule(1, 507, 'Free some disk space; the work goes on by itself.', true),
  store_readonly: rule(1, 503, 'Make the `.pawl` folder and its files writable.', true),
  store_io: rule(1, 503, 'Check the disk; `pawl doctor` tells more.', true),
  store_corrupt: rule(
    1,
    500,
    'The next command that opens the store keeps the file and rebuilds it.',
  ),
  store_replaced: rule(1, 500, 'The open data was saved in `.pawl`; start again.'),
  store_version: rule(3, 409, 'Use the newer Pawl that wrote this database.'),
  store_older: rule(
    3,
    409,
    'This Pawl cannot import it and leaves it as it is: keep it elsewhere.',
  ),
  artifact_damaged: rule(
    1,
    500,
    'Store it anew, or put its content back from a copy of `.pawl/artifacts`.',
  ),
  store_unsupported: rule(1, 500, 'Keep `.pawl` on a local disk.'),
  store_unreachable: rule(
    1,
    503,
    'Start the database server, or correct its address; what runs goes on when it answers again.',
    true,
  ),
  store_refused: rule(1, 502, 'Check name, password and rights in the address of the database.'),
  store_untrusted: rule(
    1,
    502,
    'Say in the address whom to trust: `?sslmode=verify-full&sslrootcert=FILE`.',
  ),
  server_unsupported: rule(
    1,
    500,
    'Use a server of the version that the message names, or a database in UTF8.',
  ),
  backup_elsewhere: rule(2, 501, 'Use the means of the database, such as `pg_dump`.'),
  store_elsewhere: rule(
    3,
    409,
    'Set `PAWL_DATABASE_URL`, or copy it back by `pawl store copy --from ADDRESS ' +
      '--to .pawl/pawl.db`; to begin anew in a file remove `.pawl/server`.',
  ),
  store_behind: rule(
    3,
    409,
    'Bring it up first: any command of this Pawl does, or `pawl migrate apply`.',
  ),
  copy_target_taken: rule(
    3,
    409,
    'Name an empty database, or a file that does not exist; nothing was changed.',
  ),
  copy_unfinished: rule(
    3,
    409,
    'Repeat `pawl store copy --to` this place: it goes on. ' +
      'Who gives the copy up takes the tables `pawl_copying...` away.',
  ),
  copy_differs: rule(
    1,
    500,
    'Nothing was kept of the copy: try again, and see `pawl doctor` for both sides.',
    true,
  ),
  store_in_use: rule(3, 409, 'Stop the programs that use the database, then try again.', true),
  schema_invalid: rule(2, 422, 'Correct the declared schema; the details name the statement.'),
  migration_refused: rule(3, 409, 'See the reasons, each with its remedy; nothing was changed.'),
  migration_failed: rule(1, 500, 'Nothing was changed; the details name the failed step.'),
  migration_busy: rule(1, 503, 'Another process holds the database; try again.', true),
  backup_failed: rule(
    1,
    507,
    'Make room, or a folder that takes files, for backups; nothing was changed.',
    true,
  ),
  backup_not_found: rule(1, 404, 'See the names of all backups with `pawl migrate restore`.'),
  backup_unsound: rule(1, 422, 'Choose another backup; this one was left as it is.'),
  constraint: rule(1, 409, 'The stored data refuses this; see the details.'),
  agent_unknown: rule(2, 400, 'Name a known agent, or pass `--agent-command`.'),
  agent_missing: rule(1, 424, 'Install the agent, put it on the PATH, or correct its command.'),
  run_failed: rule(1, 500, 'See the run’s log, which the details name.', true),
  agent_spawn: rule(1, 424, 'Check the agent command; see `pawl doctor`.'),
  platform_unsupported: rule(1, 501, 'Use Linux, macOS, or WSL on Windows.'),
  bug: rule(1, 500, 'Please report this with `.pawl/log`.'),
} as const satisfies Record<string, ErrorRule>;

export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** The one error that leaves Pawl. `details` are plain data, fit for JSON. */
export class PawlError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly details?: Readonly<Record<string, unknown>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'PawlError';
    this.code = code;
    this.details = options.details ?? {};
  }

  get rule(): ErrorRule {
    return ERROR_CATALOGUE[this.code];
  }
}

/** Narrow a caught value to one code, or to any code of Pawl's. */
export function isPawlError(value: unknown, code?: ErrorCode): value is PawlError {
  return value instanceof PawlError && (code === undefined || value.code === code);
}

/** A condition that only a bug of ours can break. It crashes the process on purpose. */
export function invariant(condition: unknown, why: string): asserts condition {
  if (!condition) {
    throw new PawlError('bug', `broken invariant: ${why}`);
  }
}

/** Ends a `switch` over a union: a new member does not compile until it is handled. */
export function assertNever(value: never): never {
  throw new PawlError('bug', `unhandled case: ${JSON.stringify(value)}`);
}
