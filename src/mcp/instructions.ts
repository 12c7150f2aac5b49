const LINES = [
  'Pawl keeps plans and work in the project’s database: nothing is lost when you, your client or',
  'this server end.',
  '\n\nThe loop:\n',
  '1. orchestrator_get_status: what there is, what runs, what is ready. Continue what is open',
  'before planning anew.\n',
  '2. orchestrator_plan_task: break work down into subtasks with dependencies, in one call.\n',
  '3. orchestrator_claim_next (or orchestrator_execute_task for one id): you hold the task under a',
  'lease, and get its context and the results it builds on. Keep `claim`.\n',
  '4. Do the work. When it takes long: orchestrator_heartbeat with your progress.\n',
  '5. orchestrator_complete_task with `claim`, a summary and evidence. next_action: complete;',
  'continue (not done yet, you keep it); needs_revision (back to the queue); blocked (needs a',
  'person).\n',
  '6. When all are done: orchestrator_synthesize_results.',
  '\n\nAn answer may carry `next`: follow it. Every error says what to do. Refused with',
  'stale_fence: drop that task. Another project: pass working_directory.',
];

/** Reaches the model of most clients: the loop, in the words of the tools. */
export const INSTRUCTIONS = LINES.join(' ').replace(/ ?\n ?/g, '\n');
