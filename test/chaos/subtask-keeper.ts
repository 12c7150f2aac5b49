import { setTimeout as after } from 'node:timers/promises';
import { managed, naive } from './subtask-keepers.ts';

/**
 * One process of the test of lost updates. `update`: write a subtask so many times, each time after
 * a look whether the last write is still there. `save`: save what it loaded before others wrote,
 * until it is told to stop. Says in one line of JSON how many writes it found lost.
 */
const [way = '', place = '', role = '', taskId = '', count = '0'] = process.argv.slice(2);
const keeper = way === 'managed' ? managed(place) : naive(place);

async function update(): Promise<number> {
  let lost = 0;
  for (let turn = 1; turn <= Number(count); turn += 1) {
    const before = await keeper.readResult(taskId);
    if (turn > 1 && before !== `turn ${turn - 1}`) lost += 1;
    await keeper.writeResult(taskId, `turn ${turn}`);
    await after(1);
  }
  if ((await keeper.readResult(taskId)) !== `turn ${count}`) lost += 1;
  return lost;
}

async function save(): Promise<number> {
  let stopped = false;
  process.on('SIGTERM', () => {
    stopped = true;
  });
  let saves = 0;
  console.log('ready');
  while (!stopped) {
    const before = await keeper.readResult(taskId);
    const changed = async (): Promise<boolean> => {
      while (!stopped) {
        if ((await keeper.readResult(taskId)) !== before) return true;
        await after(1);
      }
      return false;
    };
    await keeper.saveStale(changed);
    saves += 1;
  }
  return saves;
}

const counted = role === 'update' ? await update() : await save();
await keeper.close();
console.log(JSON.stringify({ role, counted }));
