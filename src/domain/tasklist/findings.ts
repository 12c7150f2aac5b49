import type { Finding, FindingCode, FindingSeverity } from './model.ts';

/** Where a finding stands. Line and column are 1-based; line 0 when it concerns no line. */
export interface FindingPlace {
  readonly line: number;
  readonly column?: number;
  /** Characters of what is meant; at least 1. */
  readonly length?: number;
  readonly taskId?: string | null;
}

/** One finding in the catalogue's severity and, unless a better one is given, with its remedy. */
export function finding(
  code: FindingCode,
  place: FindingPlace,
  message: string,
  remedy: string = FINDING_RULES[code].remedy,
): Finding {
  const { severity } = FINDING_RULES[code];
  const { line, column = 1, length = 1, taskId = null } = place;
  return { code, severity, line, column, length: Math.max(1, length), message, remedy, taskId };
}

export interface FindingRule {
  /** `error`: the list is not taken as it stands. */
  readonly severity: FindingSeverity;
  readonly remedy: string;
}

export const FINDING_RULES: Readonly<Record<FindingCode, FindingRule>> = {
  duplicate_id: { severity: 'warning', remedy: 'Give the later line an id of its own.' },
  dependency_cycle: { severity: 'error', remedy: 'Remove one dependency on this path.' },
  dangling_dependency: {
    severity: 'warning',
    remedy: 'Correct the id, add that task, or load with `--ignore-missing`.',
  },
  free_text_dependency: {
    severity: 'warning',
    remedy: 'Name the ids of the tasks it waits for, divided by commas.',
  },
  dependency_on_self: { severity: 'warning', remedy: 'Remove the task from its own dependencies.' },
  priority_guessed: { severity: 'warning', remedy: 'Write P1, P2, P3 or P4.' },
  priority_p0: { severity: 'info', remedy: 'Write P1; there is nothing above it.' },
  status_unknown: { severity: 'warning', remedy: 'Write `[ ]`, `[x]`, `[~]`, `[!]` or `[-]`.' },
  mark_running: { severity: 'info', remedy: 'Nothing to do, unless somebody else works on it.' },
  mark_failed: { severity: 'info', remedy: 'Mark it `[-]` if it is not to be tried again.' },
  description_missing: { severity: 'warning', remedy: 'Say what is to be done.' },
  row_cells_differ: {
    severity: 'warning',
    remedy: 'Give the row as many cells as its header; write a pipe inside a cell as `\\|`.',
  },
  row_not_taken: { severity: 'warning', remedy: 'Give it an id, or leave it if it is no task.' },
  box_without_id: {
    severity: 'warning',
    remedy: 'Begin it with an id, as in `- [ ] ABC-001: text`.',
  },
  shape_not_supported: {
    severity: 'warning',
    remedy: 'Write it as a table with ID, Task and Status, or as a check box with an id.',
  },
  yaml_invalid: {
    severity: 'error',
    remedy: 'Correct the YAML. If the block is an example, change its language to `text`.',
  },
  order_inferred: {
    severity: 'info',
    remedy: 'Where another order is meant, write it: `(depends on T001)`.',
  },
  task_optional: { severity: 'info', remedy: 'Mark it `[-]` if it is not to be done.' },
  verify_shell_operator: { severity: 'error', remedy: 'Name the shell that is to run it.' },
  verify_in_shell: {
    severity: 'info',
    remedy: 'To run it without a shell, write it as a list of words: `[a, b]`.',
  },
  clause_invalid: { severity: 'warning', remedy: 'Correct the value, or reword the text.' },
  no_tasks: {
    severity: 'error',
    remedy: 'Write a table with ID, Task and Status, or `- [ ] ABC-001: text`.',
  },
  ticked_while_running: {
    severity: 'warning',
    remedy: 'The attempt decides. `pawl cancel ID` ends it.',
  },
  skipped_while_running: {
    severity: 'warning',
    remedy: 'The attempt goes on. `pawl skip ID --reason TEXT` or `pawl cancel ID` ends it.',
  },
  done_mark_removed: {
    severity: 'warning',
    remedy: 'It stays completed. `pawl requeue ID` runs it again.',
  },
  mark_reset: { severity: 'info', remedy: '`pawl retry ID` queues it again.' },
  task_removed: {
    severity: 'warning',
    remedy: 'The attempt goes on. `pawl cancel ID` ends it, or put the line back.',
  },
  unmarked_while_running: {
    severity: 'info',
    remedy: 'The attempt goes on. `pawl cancel ID` or `pawl requeue ID` ends it.',
  },
  edited_while_running: {
    severity: 'info',
    remedy: 'The attempt goes by the old words. `pawl requeue ID` begins again by the new ones.',
  },
  dependency_too_late: {
    severity: 'info',
    remedy: 'It holds from the next attempt on.',
  },
  box_reworded: {
    severity: 'warning',
    remedy: 'If it is a task of its own, begin it with an id, as in `- [ ] ABC-001: text`.',
  },
  box_may_be_done: {
    severity: 'warning',
    remedy: 'If it is a task of its own, begin it with an id, or `pawl retry ID`.',
  },
  list_renamed: { severity: 'info', remedy: 'Nothing to do: its tasks go on where they were.' },
  list_may_be_moved: {
    severity: 'warning',
    remedy: '`pawl rename-list OLD NEW` goes on with the old list, if it is the same.',
  },
};
