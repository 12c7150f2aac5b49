import type { PromptEntry } from '../catalogue.ts';

interface Wanted {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly needs: readonly (readonly [name: string, about: string, required: boolean])[];
  readonly words: (args: Readonly<Record<string, string>>) => string;
}

/** What a person may pick in a client: how to go about a stretch of work, in our tools. */
const WANTED: readonly Wanted[] = [
  {
    name: 'plan',
    title: 'Plan work',
    description: 'Break a goal down into subtasks that can be worked through.',
    needs: [['goal', 'What is to be reached', true]],
    words: ({ goal }) =>
      `Plan this with Pawl: ${goal}\n\n` +
      'First call orchestrator_get_status: what is open already? Look at what the work touches. ' +
      'Then call orchestrator_plan_task once, with subtasks small enough for one sitting each: ' +
      'title, description, specialist_type, dependencies by key, acceptance, and verify ' +
      '(a command) wherever a command can tell. Show me the plan, and do not begin.',
  },
  {
    name: 'continue',
    title: 'Continue work',
    description: 'Take up what is open and work on until nothing is ready.',
    needs: [['parent_task_id', 'Only this breakdown', false]],
    words: ({ parent_task_id: parent }) =>
      `Go on with ${parent === undefined ? 'the work of this project' : `breakdown ${parent}`} ` +
      'in Pawl. Call orchestrator_get_status, take up what you hold already, then ' +
      'orchestrator_claim_next again and again: do each task, and report it with ' +
      'orchestrator_complete_task and evidence. Stop when nothing is ready, and say what is left ' +
      'and why.',
  },
  {
    name: 'hand_over',
    title: 'Hand over',
    description: 'Leave the work so that somebody else can go on.',
    needs: [['parent_task_id', 'Only this breakdown', false]],
    words: ({ parent_task_id: parent }) =>
      `Hand over ${parent === undefined ? 'this project’s work' : `breakdown ${parent}`}. For ` +
      'every task you hold: orchestrator_complete_task if it is done, else record how far it is ' +
      'with orchestrator_heartbeat and release it with orchestrator_update_task {release: true}. ' +
      'Then call orchestrator_maintenance_coordinator {action: "prepare_handover"} and give me ' +
      'its text.',
  },
  {
    name: 'review',
    title: 'Review results',
    description: 'Check finished subtasks against what was asked of them.',
    needs: [['parent_task_id', 'The breakdown', true]],
    words: ({ parent_task_id: parent }) =>
      `Review breakdown ${parent} in Pawl. Call orchestrator_synthesize_results, read each ` +
      'subtask’s acceptance and result, and look at what was really made. Where something does ' +
      'not hold, put the task back with orchestrator_update_task {status: "queued"} and say why. ' +
      'End with what is good, what went back, and what is open.',
  },
];

export const PROMPTS: readonly PromptEntry[] = WANTED.map(
  ({ name, title, description, needs, words }) => ({
    prompt: {
      name,
      title,
      description,
      arguments: needs.map(([argument, about, required]) => ({
        name: argument,
        description: about,
        required,
      })),
    },
    get: (args) =>
      Promise.resolve({
        description,
        messages: [{ role: 'user', content: { type: 'text', text: words(args) } }],
      }),
  }),
);
