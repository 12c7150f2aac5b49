import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskStatus } from '../../src/domain/status.ts';
import { MARK_CHARACTERS, markOf } from '../../src/domain/tasklist/mark.ts';
import type { Checkpoint } from '../../src/world/world.ts';
import { testDepth } from '../support/test-depth.ts';
import { programOf } from './built-chaos.ts';
import { CHAOS_VARIABLE, type ChaosOrders } from './chaos-world.ts';
import { statusesAfter, type WriterTask } from './list-writer.ts';
import { SeededRandom } from './seeded-random.ts';

const KILLS = testDepth.pick({ reduced: 6, full: 260 });
const KILLS_PER_POINT = testDepth.pick({ reduced: 2, full: 10 });
const POINTS: readonly Checkpoint[] = ['before-mark', 'mark-kept', 'mark-written', 'mark-renamed'];
/** Kept files that a writer may leave: its own limit, and those of the step it is killed in. */
const KEPT_MAX = 52;

const TASK_IDS = Array.from({ length: 40 }, (_, index) => `T-${index + 1}`);
const SCRIPT = programOf('list-writer');

let root: string;
let list: string;
let looks = 0;
const broken: string[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pawl-writer-'));
  list = join(root, 'tasks.md');
  writeFileSync(list, textAfter(0));
});
afterEach(() => rmSync(root, { recursive: true }));

function textAfter(steps: number): string {
  const statuses = statusesAfter(steps, TASK_IDS);
  const lines = TASK_IDS.map((id) => {
    const mark = MARK_CHARACTERS[markOf(statuses.get(id) as TaskStatus)];
    return `- [${mark}] **${id}**: do what ${id} says  \r\n`;
  });
  return `\uFEFF# Killed\r\n\r\n${lines.join('')}`;
}

/** Whoever looks at any moment sees a list, and all of it. */
function expectWhole(): void {
  looks += 1;
  const now = readFileSync(list, 'utf8');
  if (now.replace(/\[.\]/g, '[ ]') !== textAfter(0)) broken.push(now);
}

/** Start a writer and let it be killed; gives the last step that it said is in the file. */
async function writeAndDie(
  from: number,
  orders: ChaosOrders['orders'],
  afterMs: number | null,
): Promise<number> {
  const task: WriterTask = {
    path: list,
    keepIn: join(root, '.pawl/replaced'),
    from,
    taskIds: TASK_IDS,
  };
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(task)], {
    env: { ...process.env, [CHAOS_VARIABLE]: JSON.stringify({ orders, log: '/dev/null' }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      resolve();
    });
  });
  const closed = once(child, 'close');
  await ready;
  const looking = setInterval(expectWhole, 1);
  if (afterMs !== null) {
    await after(afterMs);
    child.kill('SIGKILL');
  }
  await closed;
  clearInterval(looking);
  const lines = said.split('\n').slice(0, -1);
  return Math.max(from, ...lines.filter((line) => line !== 'ready').map(Number));
}

describe('a process that is killed while it marks a list', () => {
  it('leaves the file of before or of after a step, and nothing that grows', async () => {
    const random = new SeededRandom(testDepth.seed);
    const plan = [
      ...POINTS.flatMap((at) =>
        Array.from({ length: KILLS_PER_POINT }, () => ({
          orders: [{ at, nth: random.between(1, 12), signal: 'SIGKILL' as const }],
          afterMs: null,
        })),
      ),
      ...Array.from({ length: KILLS }, () => ({ orders: [], afterMs: random.between(0, 120) })),
    ];
    let steps = 0;
    let leftStaged = 0;
    for (const { orders, afterMs } of plan) {
      const acknowledged = await writeAndDie(steps, orders, afterMs);
      const content = readFileSync(list, 'utf8');
      // The step it was killed in may be in the file without having been said.
      expect([textAfter(acknowledged), textAfter(acknowledged + 1)]).toContain(content);
      steps = content === textAfter(acknowledged) ? acknowledged : acknowledged + 1;
      expect(['.pawl', 'tasks.md']).toEqual(expect.arrayContaining(readdirSync(root)));
      const kept = existsSync(join(root, '.pawl/replaced'))
        ? readdirSync(join(root, '.pawl/replaced'))
        : [];
      leftStaged += kept.filter((name) => name.startsWith('staged-')).length;
      expect(kept.filter((name) => name.startsWith('unmerged-'))).toEqual([]);
      expect(kept.length).toBeLessThanOrEqual(KEPT_MAX);
    }
    console.log(
      `  ${plan.length} kills, ${KILLS_PER_POINT} at each of ${POINTS.join(', ')}; ` +
        `${steps} steps, ${looks} looks meanwhile; ` +
        `staged files left behind, and taken by the next writer: ${leftStaged}`,
    );
    expect(broken).toEqual([]);
    expect(steps).toBeGreaterThanOrEqual(POINTS.length * KILLS_PER_POINT);
  });
});
