import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FuzzOrder, FuzzReport } from './list-fuzzer.ts';
import { listFixtures, spoiltListAt } from './list-mutations.ts';

export interface FuzzOutcome {
  readonly inputs: number;
  readonly bytes: number;
  /** What went wrong, naming the file with the input; null when nothing did. */
  readonly fault: string | null;
}

/** One input may take this long before it counts as hanging, whatever else the machine does. */
const HANG_MS = 60_000;
const MEMORY_MAX_MB = 512;

/** Read spoilt lists in a thread of their own, with bounded memory, for a time. */
export async function fuzzLists(order: Omit<FuzzOrder, 'at'>): Promise<FuzzOutcome> {
  const at = new SharedArrayBuffer(4);
  const thread = new Worker(new URL('./list-fuzzer.ts', import.meta.url), {
    workerData: { ...order, at },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MAX_MB },
  });
  const current = new Int32Array(at);
  const died = (what: string): FuzzOutcome => {
    const inputs = Atomics.load(current, 0);
    const input = spoiltListAt(order.seed, inputs, listFixtures());
    return { inputs, bytes: 0, fault: saved(order.seed, what, input) };
  };
  const report = await new Promise<FuzzReport | string>((resolve) => {
    let seen = -1;
    const watch = setInterval(() => {
      const now = Atomics.load(current, 0);
      if (now === seen) resolve('it hangs');
      seen = now;
    }, HANG_MS);
    const end = (value: FuzzReport | string): void => {
      clearInterval(watch);
      resolve(value);
    };
    thread.once('message', end);
    thread.once('error', (error) => end(`the thread died: ${error}`));
  });
  await thread.terminate();
  if (typeof report === 'string') return died(report);
  const { inputs, bytes, fault } = report;
  return { inputs, bytes, fault: fault && saved(order.seed, fault.what, fault.input) };
}

function saved(seed: number, what: string, input: Uint8Array): string {
  const path = join(tmpdir(), `pawl-fuzz-${seed}-${process.pid}.md`);
  writeFileSync(path, input);
  return `${what}; the list is in ${path} (${input.byteLength} bytes)`;
}
