import process from 'node:process';
import {
  olderPlan,
  olderSubtask,
  openOlderDatabase,
  savePlan,
  saveSubtask,
  writePlanFile,
} from './older-stores.ts';

/**
 * A stand-in for the older server: a process of its own that writes its database and its files, a
 * change at a time, in turns with whoever takes over. `argv`: project, number of changes.
 */
const [root = '', count = '0'] = process.argv.slice(2);
const release = '1.3.0' as const;
const database = openOlderDatabase(`${root}/.task_orchestrator/task_orchestrator.db`, release);
database.exec('PRAGMA busy_timeout = 10000');
for (let change = 0; change < Number(count); change += 1) {
  const plan = Math.floor(change / 10);
  const own = olderPlan(`task_${String(plan).padStart(8, '0')}`, [
    olderSubtask(`a_${plan}`),
    olderSubtask(`b_${plan}`, { dependencies: [`a_${plan}`] }),
    olderSubtask(`c_${plan}`),
  ]);
  if (change % 10 === 0) {
    savePlan(database, release, own);
    writePlanFile(root, own);
  } else {
    // The file goes stale, as it did.
    saveSubtask(database, release, own, {
      ...olderSubtask(`a_${plan}`),
      ...{ status: change % 10 === 9 ? 'completed' : 'active', results: `change ${change}` },
      completed_at: change % 10 === 9 ? '2025-05-28T10:00:00' : null,
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
database.close();
