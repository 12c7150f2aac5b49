import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRealWorld } from '../world/real-world.ts';
import { pruneAttempts } from './prune-attempts.ts';

const DAY_MS = 86_400_000;

it('the oldest attempts are removed for age or room, never one that may run', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'pawl-prune-'));
  const world = createRealWorld();
  const attempt = (task: string, daysAgo: number | null): string => {
    const folder = join(stateDir, 'attempts', task, '1');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'output.log'), 'x'.repeat(1_000));
    if (daysAgo === null) return folder;
    writeFileSync(join(folder, 'exit'), '');
    const at = (world.clock.now() - daysAgo * DAY_MS) / 1_000;
    utimesSync(join(folder, 'exit'), at, at);
    return folder;
  };
  const running = attempt('running', null);
  const verifying = attempt('verifying', 90);
  mkdirSync(join(verifying, 'verify-1'));
  const old = attempt('old', 31);
  const [first, second, third] = [attempt('a', 3), attempt('b', 2), attempt('c', 1)];
  const kept = { ageMaxMs: 30 * DAY_MS, bytesMax: 2_500 };
  expect(await pruneAttempts({ world, stateDir }, kept)).toBe(2);
  expect([old, first].map(existsSync)).toEqual([false, false]);
  expect([running, verifying, second, third].map(existsSync)).toEqual([true, true, true, true]);
  expect(await pruneAttempts({ world, stateDir }, kept)).toBe(0);
  rmSync(stateDir, { recursive: true });
});
