/**
 * Names one process for good. A pid alone is reused by the system; with the moment the process
 * started and the boot it started in, the triple never names two processes.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal only for the same start (Linux: clock ticks since boot of /proc/PID/stat). */
  readonly startedAt: string;
  /** Opaque; changes at every boot of the host. */
  readonly bootId: string;
}

/** A program to start, as an argument vector. There is no shell anywhere. */
export interface ProgramStart {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process started here and not waited for by anybody else. */
export interface StartedProcess {
  /** 0 when it could not be started. */
  readonly pid: number;
  /** Resolves when the process has ended, or with `spawnError` when it could not be started. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: string | null;
    readonly spawnError?: Error;
  }>;
}

export type EndSignal = 'SIGTERM' | 'SIGKILL' | 'SIGINT' | 'SIGHUP' | 'SIGCONT' | 'SIGUSR1';

/** Processes of this host. */
export interface Processes {
  readonly host: string;
  readonly bootId: string;
  /** This very process. */
  readonly self: ProcessIdentity;
  /** Who has this pid now; null when nobody (a zombie counts as nobody). */
  identify(pid: number): ProcessIdentity | null;
  /** The same process as then is still running. False on another boot. */
  isAlive(identity: ProcessIdentity): boolean;
  /** Who was started with exactly this argument (macOS: with a command line that contains it). */
  find(argument: string): readonly ProcessIdentity[];
  /**
   * Start detached, in a session of its own, no pipe to us: it outlives this process, and does not
   * keep it from exiting.
   */
  startDetached(program: ProgramStart): StartedProcess;
  /** Signal one process; false when it is gone, or not ours to signal. */
  signal(pid: number, signal: EndSignal): boolean;
  /** Signal every process of a group; false when it is empty, or not ours to signal. */
  signalGroup(groupId: number, signal: EndSignal): boolean;
  /** Is any process of this group alive? */
  isGroupAlive(groupId: number): boolean;
}
