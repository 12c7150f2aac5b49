import { writeSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import type { TaskStatus } from '../../src/domain/status.ts';
import { changedReplaced, tendReplaced } from '../../src/listfile/file/tend-replaced.ts';
import {
  dischargeMarks,
  type MarkDuty,
  withStoredMarks,
} from '../../src/listfile/marks/discharge-marks.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { pause } from '../../src/world/timers.ts';
import type { World } from '../../src/world/world.ts';
import { CHAOS_VARIABLE, chaosWorld, readOrders } from './chaos-world.ts';

/** What a writer was told on its command line, as JSON. */
export interface WriterTask {
  readonly path: string;
  readonly keepIn: string;
  readonly taskIds: readonly string[];
  /** Steps that were taken before. */
  readonly from: number;
  /** What keeps a save from being lost, taken out by a negative control. */
  readonly without?: 'keeping';
}

/** What it says at its end. Windows are from the last look to the renaming, in nanoseconds. */
export interface WriterReport {
  readonly steps: number;
  readonly merged: number;
  readonly putAside: number;
  readonly windows: readonly (readonly [string, string])[];
}

const CYCLE: readonly TaskStatus[] = ['running', 'failed', 'queued'];

/** The statuses after so many steps: each step sets one task on. */
export function statusesAfter(
  steps: number,
  taskIds: readonly string[],
): ReadonlyMap<string, TaskStatus> {
  const turns = Math.floor(steps / taskIds.length);
  const rest = steps % taskIds.length;
  return new Map(
    taskIds.map((id, index) => {
      const times = turns + (index < rest ? 1 : 0);
      return [id, times === 0 ? 'queued' : (CYCLE[(times - 1) % CYCLE.length] as TaskStatus)];
    }),
  );
}

/**
 * A process of its own that marks a list as fast as it can, until it is killed or told to end; then
 * everything is completed. Each step that is in the file is said at once on standard output.
 */
class ListWriter {
  readonly #task: WriterTask;
  readonly #world: World;
  readonly #windows: [string, string][] = [];
  #statuses: ReadonlyMap<string, TaskStatus>;
  #written: ReadonlyMap<string, TaskStatus>;
  #seenHash: string | null = null;
  #merged = 0;
  #putAside = 0;

  constructor(task: WriterTask) {
    this.#task = task;
    const chaos = chaosWorld(createRealWorld(), readOrders(process.env[CHAOS_VARIABLE]));
    this.#world = { ...chaos, files: this.#files(chaos.files) };
    this.#statuses = statusesAfter(task.from, task.taskIds);
    this.#written = this.#statuses;
  }

  async run(ended: () => boolean): Promise<WriterReport> {
    const { from, taskIds } = this.#task;
    let steps = from;
    writeSync(1, 'ready\n');
    while (!ended()) {
      this.#statuses = statusesAfter(steps + 1, taskIds);
      if (!(await this.#round())) continue;
      steps += 1;
      writeSync(1, `${steps}\n`);
    }
    this.#statuses = new Map(taskIds.map((id) => [id, 'completed']));
    for (let quiet = 0; quiet < 10; ) {
      const done = await this.#round();
      const { path, keepIn } = this.#task;
      const saved = await changedReplaced(this.#world, path, keepIn);
      quiet = done && saved.length === 0 ? quiet + 1 : 0;
      await pause(this.#world.timers, 100);
      // Whatever was saved last may have brought old marks along.
      this.#written = new Map();
    }
    const [merged, putAside] = [this.#merged, this.#putAside];
    return { steps: steps - from, merged, putAside, windows: this.#windows };
  }

  async #round(): Promise<boolean> {
    const { path, keepIn } = this.#task;
    const tended = await tendReplaced(this.#world, path, {
      keepIn,
      mark: (bytes) => withStoredMarks(bytes, this.#duty),
    });
    this.#merged += tended.merged;
    this.#putAside += tended.putAside.length;
    const { kind } = await dischargeMarks(this.#world, path, this.#duty, keepIn);
    return kind === 'written' || kind === 'nothing-owed';
  }

  get #duty(): MarkDuty {
    const all = [...this.#statuses].map(([taskId, status]) => ({
      ...{ taskId, status, description: '' },
    }));
    return {
      owed: async () => ({
        upToSeq: 1,
        seenHash: this.#seenHash,
        tasks: all.filter(({ taskId, status }) => this.#written.get(taskId) !== status),
      }),
      all: async () => all,
      written: async ({ seenHash }) => {
        this.#written = this.#statuses;
        this.#seenHash = seenHash ?? this.#seenHash;
      },
    };
  }

  #files(files: World['files']): World['files'] {
    const { without } = this.#task;
    let lookedAt = 0n;
    return {
      ...files,
      factsNow: (path) => {
        lookedAt = process.hrtime.bigint();
        return files.factsNow(path);
      },
      renameNow: (from, to) => {
        files.renameNow(from, to);
        this.#windows.push([String(lookedAt), String(process.hrtime.bigint())]);
      },
      link: without === 'keeping' ? copyFile : (from, to) => files.link(from, to),
    };
  }
}

if (process.argv[1] === import.meta.filename) {
  let told = false;
  process.once('message', () => {
    told = true;
  });
  const writer = new ListWriter(JSON.parse(process.argv[2] as string) as WriterTask);
  const report = await writer.run(() => told);
  process.send?.(report);
  process.disconnect?.();
}
