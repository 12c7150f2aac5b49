import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAttendedRunner } from '../../../src/agents/attended-runner.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';

/**
 * What an attendant costs: `node test/contract/runner/measure-start.ts`. A program that writes the
 * time is started bare, by a shell that only replaces itself, and beneath an attendant.
 */
const ROUNDS = 200;
const world = createRealWorld();
const runner = createAttendedRunner(world);
const root = mkdtempSync(join(tmpdir(), 'pawl-measure-'));
const env = { PATH: '/usr/bin:/bin' };
const samples = { bareExec: [], bareEnd: [], exec: [], call: [], end: [] } as Record<
  string,
  number[]
>;

// A detached process does not keep us from exiting; this does.
const awake = world.timers.after(600_000, () => undefined);
const note = (name: string, ms: number): void => {
  samples[name]?.push(ms);
};
const nowMs = (): number => performance.timeOrigin + performance.now();

for (let round = 0; round < ROUNDS; round += 1) {
  const file = join(root, 'time');
  const command = `date +%s%N >'${file}'`;

  const bareAtMs = nowMs();
  const bare = world.processes.startDetached({
    ...{ argv: ['/bin/sh', '-c', `exec ${command}`], cwd: root, env },
  });
  await bare.ended;
  note('bareEnd', nowMs() - bareAtMs);
  note('bareExec', Number(readFileSync(file, 'utf8')) / 1e6 - bareAtMs);

  const atMs = nowMs();
  const program = await runner.start({
    ...{ folder: join(root, String(round)), argv: ['date', '+%s%N'], cwd: root, env },
    ...{ stdin: 'a prompt', timeoutMs: 60_000, killGraceMs: 5_000, outputBytesMax: 10 << 20 },
  });
  note('call', nowMs() - atMs);
  await program.exited;
  note('end', nowMs() - atMs);
  note('exec', Number(await program.outputTail(100)) / 1e6 - atMs);
}

for (const [name, values] of Object.entries(samples)) {
  values.sort((one, other) => one - other);
  const at = (share: number): string => (values[Math.floor(share * ROUNDS)] ?? 0).toFixed(2);
  console.log(`${name.padEnd(9)} p50 ${at(0.5)} ms  p90 ${at(0.9)} ms  p99 ${at(0.99)} ms`);
}
rmSync(root, { recursive: true });
awake.clear();
