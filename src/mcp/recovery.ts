import type { ErrorCode, PawlError } from '../domain/errors.ts';

/**
 * What an agent can do about an error, in tools that it has. Where nothing stands here the remedy
 * of the catalogue is said: it is a person's.
 */
const RECOVERY: Partial<Readonly<Record<ErrorCode | string, string>>> = {
  usage: 'Correct what the message names and call again; nothing was changed.',
  arguments_invalid: 'Correct the named arguments and call again; nothing was changed.',
  task_not_found: 'Call orchestrator_query_tasks for the ids that there are; nothing was changed.',
  task_ambiguous:
    'Give one of the ids in details.tasks, which name one task each; nothing was changed.',
  list_not_found: 'Call orchestrator_get_status for the lists that there are.',
  list_ambiguous: 'Give `list` (or `parent_task_id`): details.lists names those that there are.',
  cursor_invalid: 'Call again without cursor, for the first page.',
  breakdown_not_found: 'Call orchestrator_get_status for the breakdowns that there are.',
  breakdown_exists: 'Leave parent_task_id out, or choose another one; nothing was changed.',
  breakdown_archived:
    'Bring it back: orchestrator_maintenance_coordinator {"action":"restore","target_task_id":ID}.',
  breakdown_in_use: 'Wait for the running subtasks, or call orchestrator_cancel_task for them.',
  plan_invalid: 'Correct what details.faults names and plan again; nothing was stored.',
  session_not_found: 'Call orchestrator_initialize_session without session_id for a new one.',
  task_blocked: 'Take another task with orchestrator_claim_next: details name what this waits for.',
  claim_needed: 'Pass `claim` as it was answered, or take the task with orchestrator_execute_task.',
  template_not_found: 'Call template_list for the ids that there are; nothing was changed.',
  template_invalid: 'Correct what details.faults names; template_validate checks a text.',
  template_exists:
    'Choose another template_id, or pass overwrite:true: what is there is put aside, not lost.',
  template_readonly:
    'It can be used, not changed: template_create one of your own by its id, which goes before it.',
  template_too_many: 'template_delete what nobody uses: it is put aside, and can be restored.',
  list_has_file: 'What its line says stands in the list’s file: edit that; its status can change.',
  agent_missing: 'A person installs the agent, or names another one in .pawl/config.json.',
  workspace_unknown: 'Pass working_directory: the absolute path of the project to work in.',
  store_not_found:
    'Call orchestrator_initialize_session or orchestrator_plan_task: they make the store.',
  stale_fence: 'Your claim is over: drop this task and call orchestrator_claim_next.',
  stale_term: 'Your claim is over: drop this task and call orchestrator_claim_next.',
  claim_invalid: 'Pass `claim` exactly as orchestrator_execute_task answered it.',
  lease_held: 'Another agent works on it: call orchestrator_claim_next for another task, or wait.',
  nothing_ready:
    'Nothing can start: orchestrator_get_status says what runs and what each task waits for.',
  illegal_transition: 'Call orchestrator_query_tasks {task_id} for the task as it is now.',
  deadline_exceeded: 'Call again; orchestrator_health_check says what blocks.',
  aborted: 'You cancelled this call; call again if it is still wanted.',
  store_busy: 'Another process writes: call again in a second.',
  store_unreachable:
    'Call again in a minute: a person starts the database. What runs goes on, your claims, too.',
  confirmation_needed: 'Repeat the call with confirm:true if that is what you want.',
  key_reused: 'Use a new request_key: this one stands for another input.',
};

export function recoveryOf(error: PawlError): string {
  return RECOVERY[error.code] ?? error.rule.remedy;
}

/** The codes that are worded for agents; a test holds them to the catalogue. */
export const WORDED_CODES: readonly string[] = Object.keys(RECOVERY);
