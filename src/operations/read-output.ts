import { PawlError } from '../domain/errors.ts';
import { isTerminal } from '../domain/status.ts';
import type { Attempt, TaskLine } from '../store/store.ts';
import { pause } from '../world/timers.ts';
import { operation, type ProjectContext } from './operation.ts';
import { attemptFolder, verifyFolders } from './orphaned-attempt.ts';

/** Reads the output kept in an attempt's folder, from `offset` on. */
export type OutputReader = (
  folder: string,
  range: { readonly offset: number; readonly bytesMax: number },
) => Promise<{ readonly bytes: Uint8Array; readonly next: number; readonly last: boolean }>;

export interface ReadOutput {
  readonly task: TaskLine;
  /** As `pawl show` numbers them; null for the latest. */
  readonly attempt: number | null;
  /** Go on until the attempt is over. */
  readonly follow: boolean;
  readonly reader: OutputReader;
  /** Given the output piece by piece, in order. */
  readonly onBytes: (bytes: Uint8Array, from: 'agent' | 'verify') => void;
  readonly signal?: AbortSignal;
}

export interface OutputRead {
  readonly attempt: number;
  readonly folder: string;
  readonly bytes: number;
  readonly outcome: string | null;
}

const CHUNK_BYTES = 256 * 1024;
const FOLLOW_MS = 100;

/**
 * Read the output of an attempt: what its agent wrote, then what its verify command wrote.
 *
 * @throws PawlError `task_not_found` when the task has no such attempt; `output_elsewhere` with the
 *   host that it ran on, where that is another one.
 */
export async function readOutput(ctx: ProjectContext, input: ReadOutput): Promise<OutputRead> {
  const { task } = input;
  return await operation(ctx, { operation: 'read-output', task: task.taskId }, async () => {
    const attempt = await attemptOf(ctx, input);
    const folder = await folderOf(ctx, task, attempt);
    const followed = new FollowedOutput(input);
    for (;;) {
      const over = !input.follow || (await isOver(ctx, task, attempt.fence));
      // Looked at after knowing that it is over: so nothing that was written before is missed.
      const pieces = [folder, ...(await verifyFolders(ctx, folder))];
      const read = await followed.read(pieces);
      if (read === 0 && (over || input.signal?.aborted === true)) break;
      if (read === 0) await pause(ctx.world.timers, FOLLOW_MS, input.signal);
    }
    const now = await attemptOf(ctx, { ...input, attempt: attempt.attempt });
    // What a client did may have been verified meanwhile, and elsewhere.
    if (followed.bytes === 0) await folderOf(ctx, task, now);
    return { attempt: attempt.attempt, folder, bytes: followed.bytes, outcome: now.outcome };
  });
}

async function attemptOf(
  { store }: ProjectContext,
  { task, attempt }: Pick<ReadOutput, 'task' | 'attempt'>,
): Promise<Attempt> {
  const attempts = await store.attempts(task.id);
  const meant =
    attempt === null ? attempts.at(-1) : attempts.find((one) => one.attempt === attempt);
  if (meant !== undefined) return meant;
  const message =
    attempts.length === 0
      ? `${task.taskId} has not been started yet`
      : `${task.taskId} has no attempt ${attempt}; it has ${attempts.length}`;
  const numbers = attempts.map((one) => one.attempt);
  throw new PawlError('task_not_found', message, { details: { attempts: numbers } });
}

/** Of a project here, or of another one on this host. */
async function folderOf(ctx: ProjectContext, task: TaskLine, attempt: Attempt): Promise<string> {
  const { world, store, stateDir } = ctx;
  const { fence, host, attemptsDir, watcherId } = attempt;
  const ours = attemptFolder(stateDir, { id: task.id, fence });
  const isNowhereElse = !store.capabilities.shared || watcherId === null;
  if (isNowhereElse || (await world.files.facts(ours)) !== null) return ours;
  const folder = attemptsDir === null ? null : `${attemptsDir}/${task.id}/${fence}`;
  if (host === world.processes.host) return folder ?? ours;
  const where = host === null ? 'the host that ran it, which is not known any more' : host;
  const place = folder === null ? where : `${where}, in ${folder}`;
  const what = `what attempt ${attempt.attempt} of ${task.taskId} wrote`;
  throw new PawlError('output_elsewhere', `${what} lies on ${place}`, {
    details: { task: task.taskId, attempt: attempt.attempt, host, folder },
  });
}

async function isOver({ store }: ProjectContext, line: TaskLine, fence: number): Promise<boolean> {
  const task = await store.task(line.id);
  return task === null || task.fence !== fence || isTerminal(task.status) || task.holderId === null;
}

/** Where each piece of the output was read up to. */
class FollowedOutput {
  bytes = 0;
  readonly #input: ReadOutput;
  readonly #offsets = new Map<string, number>();

  constructor(input: ReadOutput) {
    this.#input = input;
  }

  /** Hand on everything that is there; gives how much it was. */
  async read(folders: readonly string[]): Promise<number> {
    const before = this.bytes;
    for (const [index, folder] of folders.entries()) {
      for (;;) {
        const offset = this.#offsets.get(folder) ?? 0;
        const range = { offset, bytesMax: CHUNK_BYTES };
        const { bytes, next, last } = await this.#input.reader(folder, range);
        if (bytes.length > 0) this.#input.onBytes(bytes, index === 0 ? 'agent' : 'verify');
        this.bytes += bytes.length;
        this.#offsets.set(folder, next);
        if (bytes.length === 0 || last) break;
      }
    }
    return this.bytes - before;
  }
}
