import type { Files } from '../world/files.ts';
import type { ProgramExit } from './runner.ts';

/** The files of an attempt's folder, by their paths. DESIGN.md tells who writes which, and when. */
export interface AttemptPaths {
  readonly prompt: string;
  readonly started: string;
  readonly agent: string;
  readonly exit: string;
  readonly output: string;
  readonly outputTail: string;
  readonly result: string;
  readonly renewed: string;
  readonly lapsed: string;
}

export function attemptPaths(folder: string): AttemptPaths {
  return {
    prompt: `${folder}/prompt.md`,
    started: `${folder}/started`,
    agent: `${folder}/agent`,
    exit: `${folder}/exit`,
    output: `${folder}/output.log`,
    outputTail: `${folder}/output.tail`,
    result: `${folder}/result.json`,
    renewed: `${folder}/renewed`,
    lapsed: `${folder}/lapsed`,
  };
}

/** Who has taken the attempt; null when nobody has yet. */
export type Taken =
  | { readonly kind: 'void' }
  /** Taken by somebody who has not written yet, or never came to it. */
  | { readonly kind: 'unsigned' }
  | ({ readonly kind: 'attendant'; readonly pid: number; readonly bootId: string } & Start);

/** The start of a process as the system tells it; null where an attendant cannot know it. */
interface Start {
  readonly startedAt: string | null;
}

const VOID = 'void\n';

/** Declare the attempt never started. False when somebody has taken it already. */
export async function takeAsVoid(files: Files, folder: string): Promise<boolean> {
  try {
    await files.createExclusive(attemptPaths(folder).started, VOID);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EEXIST') return false;
    throw error;
  }
}

export async function readTaken(files: Files, folder: string): Promise<Taken | null> {
  const text = await readSmall(files, attemptPaths(folder).started);
  if (text === null) return null;
  if (text === VOID) return { kind: 'void' };
  const [, pid, bootId, stat] = /^(\d+) (\S+) (.*)\n$/.exec(text) ?? [];
  if (pid === undefined || bootId === undefined) return { kind: 'unsigned' };
  return { kind: 'attendant', pid: Number(pid), bootId, startedAt: startOf(stat) };
}

/** The program itself, which leads the group of this number. Null when none was started. */
export async function readAgent(
  files: Files,
  folder: string,
): Promise<({ readonly pid: number } & Start) | null> {
  const text = await readSmall(files, attemptPaths(folder).agent);
  const [, pid, stat] = /^(\d+)(.*)\n$/.exec(text ?? '') ?? [];
  return pid === undefined ? null : { pid: Number(pid), startedAt: startOf(stat) };
}

/** Field 22 of `proc_pid_stat(5)`, counted from behind the name of the program. */
function startOf(stat: string | undefined): string | null {
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

/** Words for the attendant; see `RunningProgram.renew`. */
export async function writeRenewal(
  files: Files,
  folder: string,
  words: readonly [grant: string, life: string],
): Promise<void> {
  await files.write(attemptPaths(folder).renewed, `${words.join(' ')}\n`);
}

/** How the program ended; null when there is no whole record. */
export async function readExit(files: Files, folder: string): Promise<ProgramExit | null> {
  const record = await readExitRecord(files, folder);
  if (record === null) return null;
  const paths = attemptPaths(folder);
  const [agent, started, ended, kept, lapsed] = await Promise.all([
    readAgent(files, folder),
    files.facts(paths.agent),
    files.facts(paths.exit),
    measureOutput(files, folder, record),
    files.facts(paths.lapsed),
  ]);
  if (lapsed !== null) return { kind: 'lost', reason: 'nobody renewed its lease' };
  if (agent === null || started === null || ended === null) {
    return { kind: 'not-started', reason: 'it was ended, or could not be noted, before it began' };
  }
  return {
    kind: 'exited',
    code: record.code,
    signal: record.signal,
    timedOut: record.timedOut,
    outputBytes: kept.headBytes + kept.tailBytes,
    outputTruncated: kept.truncated,
    startedAtMs: started.mtimeMs,
    endedAtMs: ended.mtimeMs,
  };
}

/** What is on disk of the program's output. The tail is there once the program has ended. */
export interface KeptOutput {
  readonly ended: boolean;
  readonly headBytes: number;
  /** Where in its file the tail begins: behind one byte that only tells that there was more. */
  readonly tailFrom: number;
  readonly tailBytes: number;
  readonly truncated: boolean;
}

export async function readKeptOutput(files: Files, folder: string): Promise<KeptOutput> {
  return measureOutput(files, folder, await readExitRecord(files, folder));
}

async function measureOutput(
  files: Files,
  folder: string,
  record: ExitRecord | null,
): Promise<KeptOutput> {
  const paths = attemptPaths(folder);
  const [head, tail] = await Promise.all([
    files.facts(paths.output),
    record === null ? null : files.facts(paths.outputTail),
  ]);
  const tailSize = tail?.size ?? 0;
  const truncated = record !== null && tailSize > record.tailBytesMax;
  return {
    ended: record !== null,
    headBytes: head?.size ?? 0,
    tailFrom: truncated ? 1 : 0,
    tailBytes: truncated ? tailSize - 1 : tailSize,
    truncated,
  };
}

interface ExitRecord {
  readonly code: number;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly tailBytesMax: number;
}

async function readExitRecord(files: Files, folder: string): Promise<ExitRecord | null> {
  const text = await readSmall(files, attemptPaths(folder).exit);
  const [, code, signal, timeout, tail] = EXIT_RECORD.exec(text ?? '') ?? [];
  if (code === undefined) return null;
  return {
    code: Number(code),
    signal: signal === 'none' ? null : `SIG${signal}`,
    timedOut: timeout === 'yes',
    tailBytesMax: Number(tail),
  };
}

const EXIT_RECORD = /^exited (\d{1,3}) signal (none|[A-Z0-9+-]+) timeout (yes|no) tail (\d+)\n$/;

/** A record longer than this is not one of ours. */
const RECORD_BYTES_MAX = 4096;

async function readSmall(files: Files, path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await files.readRange(path, 0, RECORD_BYTES_MAX));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null;
    throw error;
  }
}
