import type { ProcessIdentity } from '../world/processes.ts';

/**
 * The port between the engine and whatever runs programs. A program lives beneath an attendant
 * that outlives this process, in a folder that is known before anything is started; so a later
 * process needs nothing but the folder to find out what became of it.
 *
 * One attempt has one folder, and at most one program is ever run in a folder: `start` on a folder
 * that somebody has adopted as `never-started` runs nothing.
 */
export interface ProgramRunner {
  /**
   * Start a program beneath an attendant of its own. Resolves when the attendant was started;
   * that the program could not be (not on the PATH, no such folder ...) arrives through `exited`
   * as `not-started`. Rejects only when the attempt's folder cannot be written.
   */
  start(spec: ProgramSpec): Promise<RunningProgram>;
  /**
   * Find out what became of the program of `folder`, whoever started it. `never-started` is
   * final: an attendant that comes late runs nothing. A group without an attendant is ended
   * before the answer `ended` (`lost`) is given.
   */
  adopt(folder: string, limits: AdoptionLimits): Promise<Adoption>;
  /** End whatever runs for `folder`; resolves when it is gone. Nothing there: nothing to do. */
  endByFolder(folder: string, killGraceMs: number): Promise<void>;
}

export interface ProgramSpec {
  /** The attempt's folder, absolute. Made when it is missing. */
  readonly folder: string;
  /** Handed over as it is; no shell sees it. `argv[0]` is looked up on the PATH of `env`. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** The whole environment; nothing is inherited behind its back. */
  readonly env: Readonly<Record<string, string>>;
  /** What the program reads on its standard input; kept in the folder as `prompt.md`. */
  readonly stdin: string;
  readonly timeoutMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly killGraceMs: number;
  /** The program is ended when its lease is not renewed (`renew`); null or left out: never. */
  readonly leaseMs?: number | null;
  /** How much of standard output and error, taken together, is kept: the head and the tail. */
  readonly outputBytesMax: number;
}

export interface AdoptionLimits {
  readonly killGraceMs: number;
}

/** A program under an attendant that is alive, or was a moment ago. */
export interface RunningProgram {
  readonly folder: string;
  /** Its `pid` is 0 when nothing could be started; `exited` says why. */
  readonly attendant: ProcessIdentity;
  /** Settles once, and never rejects. Stays pending after `leave`. */
  readonly exited: Promise<ProgramExit>;
  /**
   * End the program with its whole group: SIGTERM (and SIGCONT), after the grace SIGKILL. The
   * attendant does it, so it is done even if we die now. Idempotent; see `exited` for the result.
   */
  end(): void;
  /** Stop watching, and let this process exit. The program and its attendant go on. */
  leave(): void;
  /**
   * Tell its attendant that we live, and which grant of the store stands: any words that change.
   * Rejects when the folder cannot be written.
   */
  renew(grant: string, life: string): Promise<void>;
  /** The last `bytes` of its output so far. */
  outputTail(bytes: number): Promise<string>;
}

export type ProgramExit =
  | {
      readonly kind: 'exited';
      /** As a shell has it: 128 + n for a program that signal n ended. */
      readonly code: number;
      /** The name of that signal, such as `SIGKILL`. A program may also return 128 + n itself. */
      readonly signal: string | null;
      /** The attendant ended it at its timeout. */
      readonly timedOut: boolean;
      /** Kept on disk. */
      readonly outputBytes: number;
      /** There was more: the middle was dropped. */
      readonly outputTruncated: boolean;
      readonly startedAtMs: number;
      readonly endedAtMs: number;
    }
  /** The program was not run, and never will be in this folder. */
  | { readonly kind: 'not-started'; readonly reason: string }
  /** The attendant died without a record; what was left of the program has been ended. */
  | { readonly kind: 'lost'; readonly reason: string };

export type Adoption =
  | { readonly kind: 'running'; readonly program: RunningProgram }
  | { readonly kind: 'ended'; readonly exit: ProgramExit }
  | { readonly kind: 'never-started' };

/** Output as it is read by somebody who follows it. */
export interface OutputChunk {
  readonly bytes: Uint8Array;
  /** Where to go on reading. */
  readonly next: number;
  /** The program has ended and this was the last of it. */
  readonly last: boolean;
}

/** Kept of a program's output unless the caller says otherwise. */
export const OUTPUT_BYTES_MAX = 10 * 1024 * 1024;
/** Of which for its end. */
export const OUTPUT_TAIL_BYTES = 64 * 1024;
