import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { median } from './quantiles.ts';

export interface Machine {
  readonly cpu: string;
  readonly memory: string;
  readonly system: string;
  readonly node: string;
  readonly sqlite: string;
  readonly fsync: string;
  /** Of the minute before: near 0 on a machine that does nothing else. */
  readonly load: string;
}

const GIBIBYTE = 1024 ** 3;
const FSYNCS = 200;
const BLOCK_BYTES = 4_096;

/** Where the figures come from. `folder` lies on the disk that is measured. */
export function describeMachine(folder: string): Machine {
  return {
    cpu: `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown'} (${arch()})`,
    memory: `${(totalmem() / GIBIBYTE).toFixed(1)} GiB`,
    system: `${type()} ${release()}`,
    node: process.versions.node,
    sqlite: process.versions['sqlite'] ?? 'unknown',
    fsync: `${fsyncMs(folder).toFixed(3)} ms`,
    load: (loadavg()[0] ?? 0).toFixed(2),
  };
}

/** Median of writing and flushing one block at the end of a file. */
function fsyncMs(folder: string): number {
  const path = join(folder, 'fsync');
  const file = openSync(path, 'w');
  const block = Buffer.alloc(BLOCK_BYTES, 1);
  const samples = Array.from({ length: FSYNCS }, () => {
    const startedAt = performance.now();
    writeSync(file, block);
    fsyncSync(file);
    return performance.now() - startedAt;
  });
  closeSync(file);
  rmSync(path);
  return median(samples);
}
