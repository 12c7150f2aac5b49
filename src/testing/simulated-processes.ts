import type {
  EndSignal,
  Processes,
  ProcessIdentity,
  ProgramStart,
  StartedProcess,
} from '../world/processes.ts';
import type { ProgramScript } from './program-script.ts';

/** One simulated process of the host. */
export interface SimulatedEntry {
  readonly identity: ProcessIdentity;
  readonly groupId: number;
  readonly argv: readonly string[];
  readonly onSignal: (signal: EndSignal) => void;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs `task` after a time on the host's own clock; gives what calls it off. */
export type HostTimer = (delayMs: number, task: () => void) => () => void;

/** How long a simulated program takes from SIGTERM to its end. */
const TERM_MS = 5;
const FIRST_PID = 1_000;

/**
 * The processes of a simulated host. Their ends are events of simulated time; `reboot` ends them
 * all at once and gives the host another boot id.
 */
export class SimulatedProcesses {
  readonly host: string;
  readonly #after: HostTimer;
  readonly #nowMs: () => number;
  readonly #alive = new Map<number, SimulatedEntry>();
  #nextPid = FIRST_PID;
  #boot = 1;

  constructor(parts: {
    readonly host: string;
    readonly after: HostTimer;
    readonly nowMs: () => number;
  }) {
    this.host = parts.host;
    this.#after = parts.after;
    this.#nowMs = parts.nowMs;
  }

  get bootId(): string {
    return `boot-${this.#boot}`;
  }

  get living(): readonly ProcessIdentity[] {
    return [...this.#alive.values()].map((entry) => entry.identity);
  }

  add(argv: readonly string[], onSignal: (signal: EndSignal) => void): SimulatedEntry {
    const pid = this.#nextPid;
    this.#nextPid += 1;
    const identity = { pid, startedAt: String(this.#nowMs()), bootId: this.bootId };
    const entry = { identity, groupId: pid, argv, onSignal };
    this.#alive.set(pid, entry);
    return entry;
  }

  remove(pid: number): void {
    this.#alive.delete(pid);
  }

  isAlive({ pid, startedAt, bootId }: ProcessIdentity): boolean {
    const now = this.#alive.get(pid)?.identity;
    return now !== undefined && now.startedAt === startedAt && now.bootId === bootId;
  }

  signal(pid: number, signal: EndSignal): boolean {
    const entry = this.#alive.get(pid);
    entry?.onSignal(signal);
    return entry !== undefined;
  }

  /** Every process gets SIGKILL, and pids begin anew. */
  reboot(): void {
    this.#boot += 1;
    for (const entry of [...this.#alive.values()]) {
      this.#alive.delete(entry.identity.pid);
      entry.onSignal('SIGKILL');
    }
    this.#nextPid = FIRST_PID;
  }

  /** Run a program by its script, in a group of its own; `ended` is told of its end, once. */
  run(
    argv: readonly string[],
    script: ProgramScript,
    ended: (end: ProgramEnd) => void,
  ): SimulatedEntry {
    let over = false;
    const finish = (end: ProgramEnd): void => {
      if (over) return;
      over = true;
      for (const callOff of pending) callOff();
      this.remove(entry.identity.pid);
      ended(end);
    };
    const entry = this.add(argv, (signal) => {
      if (signal === 'SIGKILL') finish({ code: null, signal });
      if (signal !== 'SIGTERM' && signal !== 'SIGINT') return;
      if (script.onTerm === 'ignores') return;
      pending.push(this.#after(TERM_MS, () => finish({ code: null, signal })));
    });
    const pending: (() => void)[] = [];
    const takesMs = script.takesMs ?? 0;
    if (Number.isFinite(takesMs)) {
      pending.push(this.#after(takesMs, () => finish({ code: script.code ?? 0, signal: null })));
    }
    return entry;
  }

  /** The host's processes as one of them sees them. */
  seenBy(self: ProcessIdentity, scriptOf: (program: ProgramStart) => ProgramScript): Processes {
    const identify = (pid: number): ProcessIdentity | null =>
      this.#alive.get(pid)?.identity ?? null;
    return {
      host: this.host,
      bootId: self.bootId,
      self,
      identify,
      isAlive: (identity) => this.isAlive(identity),
      find: (argument) =>
        [...this.#alive.values()]
          .filter((entry) => entry.argv.includes(argument))
          .map((entry) => entry.identity),
      startDetached: (program) => this.#startDetached(program, scriptOf(program)),
      signal: (pid, signal) => this.signal(pid, signal),
      signalGroup: (groupId, signal) => this.signal(groupId, signal),
      isGroupAlive: (groupId) => this.#alive.has(groupId),
    };
  }

  #startDetached(program: ProgramStart, script: ProgramScript): StartedProcess {
    if (script.fate === 'cannot-start') {
      const spawnError = Object.assign(new Error(`spawn ${program.argv[0]} ENOENT`), {
        code: 'ENOENT',
      });
      return { pid: 0, ended: Promise.resolve({ code: null, signal: null, spawnError }) };
    }
    const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
    const entry = this.run(program.argv, script, resolve);
    return { pid: entry.identity.pid, ended: promise };
  }
}
