import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { type OlderPlan, type OlderSubtask, olderPlan, olderSubtask } from './older-stores.ts';

/**
 * A stand-in for the older server when it kept its plans in files: a process of its own with its
 * habits. Each change writes the whole plan into `ID.tmp` and renames it; now and then it died in
 * between and left half of it; a plan that was in the archive is saved to both folders. It ends by
 * telling the state of every task. `argv`: project, number of changes, milliseconds between two.
 */
const [root = '', count = '0', pace = '0'] = process.argv.slice(2);
const STEPS = 10;
const plans: OlderPlan[] = [];

/** In two steps, with time for a reader in between. */
async function save(plan: OlderPlan, folder = 'active'): Promise<void> {
  const path = pathOf(plan, folder);
  const text = JSON.stringify({ version: '1.0', ...plan }, null, 2);
  writeFileSync(`${path}.tmp`, text.slice(0, text.length / 2));
  await tick(1);
  writeFileSync(`${path}.tmp`, text);
  renameSync(`${path}.tmp`, `${path}.json`);
}

function pathOf({ parent_task_id }: OlderPlan, folder: string): string {
  mkdirSync(`${root}/.task_orchestrator/tasks/${folder}`, { recursive: true });
  return `${root}/.task_orchestrator/tasks/${folder}/${parent_task_id}`;
}

async function tick(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function changed(plan: OlderPlan, taskId: string, change: Partial<OlderSubtask>): OlderPlan {
  const subtasks = plan.subtasks.map((one) =>
    one.task_id === taskId ? { ...one, ...change } : one,
  );
  return { ...plan, subtasks };
}

/** The plan after a change of it; the first one makes it. */
async function change(number: number): Promise<OlderPlan> {
  const at = Math.floor(number / STEPS);
  const step = number % STEPS;
  const before = plans[at];
  if (before === undefined) {
    return olderPlan(`task_${String(at).padStart(8, '0')}`, [
      olderSubtask(`a_${at}`),
      olderSubtask(`b_${at}`, { dependencies: [`a_${at}`] }),
      olderSubtask(`c_${at}`),
      olderSubtask(`d_${at}`),
    ]);
  }
  const results = `change ${number}`;
  const done = { status: 'completed', results, completed_at: '2025-05-28T10:00:00.5' };
  if (step === 5) writeFileSync(`${pathOf(before, 'active')}.tmp`, '{"version": "1.0", "par');
  if (step === 7 && at % 3 === 0) await save(before, 'archive');
  if (step === STEPS - 2) return changed(before, `a_${at}`, done);
  if (step === STEPS - 1) return changed(before, `b_${at}`, done);
  return changed(before, `a_${at}`, { status: 'active', results });
}

for (let number = 0; number < Number(count); number += 1) {
  const plan = await change(number);
  plans[Math.floor(number / STEPS)] = plan;
  await save(plan);
  await tick(Number(pace));
}
const tasks = plans.flatMap(({ subtasks }) => subtasks);
const told = tasks.map(({ task_id, status, results }) => [task_id, { status, results }]);
process.stdout.write(JSON.stringify(Object.fromEntries(told)));
