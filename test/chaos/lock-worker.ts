import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { withLock } from '../../src/app/named-lock.ts';
import type { ResourceLock } from '../../src/app/resource-lock.ts';

/**
 * A process that works under a lock, or, to show what becomes of that, without one:
 * `lock-worker.ts WAY FOLDER TIMES [DATABASE]`. It begins at the first line on standard input.
 */
const [way, folder = '', times = '1', dbUrl] = process.argv.slice(2);
const counter = `${folder}/counter`;

/** As a program does it that knows of no others: what is between reading and writing is lost. */
async function increment(fence: number): Promise<void> {
  const count = Number(readFileSync(counter, 'utf8'));
  await after(3);
  writeFileSync(counter, String(count + 1));
  appendFileSync(`${folder}/fences`, `${fence}\n`);
}

/** Hold the lock until told to write, and write, whatever became of the lock meanwhile. */
async function writeLate({ fence, signal }: ResourceLock): Promise<void> {
  console.log(`holds ${fence}`);
  signal.addEventListener('abort', () => console.log(`lost ${fence}`), { once: true });
  await lines.next();
  console.log(`writes ${fence}`);
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const where = dbUrl === undefined ? { baseDir: folder } : { baseDir: folder, dbUrl };
const options = { ...where, waitMs: 120_000, ttlMs: 2_000 };

console.log('ready');
await lines.next();
try {
  for (let done = 0; done < Number(times); done += 1) {
    if (way === 'without') await increment(0);
    else if (way === 'count') await withLock('counter', ({ fence }) => increment(fence), options);
    else await withLock('resource', writeLate, options);
  }
  console.log('done');
} catch (cause) {
  console.log(`failed ${(cause as { readonly code?: string }).code}`);
}
process.exit(0);
