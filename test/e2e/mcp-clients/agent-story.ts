import { spawnSync } from 'node:child_process';
import { expect } from 'vitest';
import { PAWL } from '../mcp-wire.ts';
import type { Script, ToolAnswer } from './scripted-model.ts';

/** The server as every client's settings name it. */
export const SERVER = { key: 'pawl', command: process.execPath, args: [PAWL, 'mcp'] } as const;

const tool = (name: string, input: Readonly<Record<string, unknown>>) => ({
  tool: `orchestrator_${name}`,
  input,
});

const answerTo = (answers: readonly ToolAnswer[], at: number) => answers.at(at)?.data ?? {};

/**
 * What an agent does with a small plan: plan it, do one subtask after the other, each by its claim,
 * and say what it came to. Every step goes by what the agent program showed of the one before.
 */
export const planAndDo: Script = (answers) => {
  const parent: string = answerTo(answers, 0).parent_task_id ?? 'not shown';
  switch (answers.length) {
    case 0:
      return tool('plan_task', {
        ...{ description: 'Users can cancel an order', complexity: 'moderate' },
        subtasks: [
          { key: 'api', title: 'The endpoint', specialist_type: 'implementer' },
          { title: 'Its tests', specialist_type: 'tester', dependencies: ['api'] },
        ],
      });
    case 1:
      return tool('claim_next', { parent_task_id: parent });
    case 2:
      return tool('complete_task', {
        ...{ claim: answerTo(answers, 1).claim, summary: 'the endpoint answers 204' },
      });
    case 3:
      return tool('claim_next', { parent_task_id: parent, specialist_type: 'tester' });
    case 4:
      return tool('heartbeat', {
        ...{ claim: answerTo(answers, 3).claim, percent: 50, note: 'half of them' },
      });
    case 5:
      return tool('complete_task', {
        ...{ claim: answerTo(answers, 3).claim, summary: 'three tests' },
      });
    case 6:
      return tool('synthesize_results', { parent_task_id: parent });
    default:
      return { text: `verdict: ${answerTo(answers, 6).verdict ?? 'not shown'}` };
  }
};

/** What is true in the project afterwards, asked of the command line. */
export function expectDone(root: string, answers: readonly ToolAnswer[]): void {
  expect(answers.map(({ data }) => data?.code ?? 'ok')).toEqual(Array(7).fill('ok'));
  const [plan, , , second] = answers.map(({ data }) => data);
  // The second one is told what it builds on.
  expect(JSON.stringify(second.builds_on)).toContain('the endpoint answers 204');
  const { stdout } = spawnSync(process.execPath, [PAWL, 'list', '--json'], {
    ...{ cwd: root, encoding: 'utf8' },
  });
  const { data } = JSON.parse(stdout);
  const tasks = (data.tasks ?? data.lists?.[0]?.tasks) as readonly Record<string, unknown>[];
  expect(tasks.map(({ status }) => status)).toEqual(['completed', 'completed']);
  expect(plan.total).toBe(2);
}
