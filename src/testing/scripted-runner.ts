import { attemptPaths } from '../agents/attempt-folder.ts';
import type {
  Adoption,
  ProgramExit,
  ProgramRunner,
  ProgramSpec,
  RunningProgram,
} from '../agents/runner.ts';
import type { ProcessIdentity } from '../world/processes.ts';
import type { World } from '../world/world.ts';
import type { MemoryFiles } from './memory-files.ts';
import type { ProgramScript } from './program-script.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedEntry, SimulatedProcesses } from './simulated-processes.ts';

/** What a program will do, decided when it is started. */
export type ScriptOf = (spec: ProgramSpec) => ProgramScript;

/** The simulated host, as far as programs need it. */
export interface ProgramHost {
  readonly world: Pick<World, 'clock'>;
  readonly files: MemoryFiles;
  readonly processes: SimulatedProcesses;
  readonly elapsedMs: number;
  after(delayMs: number, task: () => void): () => void;
  note(text: string): void;
}

/** One program that was really run: the simulation's own record of effects. */
export interface ProgramRun {
  readonly folder: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Simulated milliseconds since the simulation began. */
  readonly startedMs: number;
  /** Null while it runs. */
  endedMs: number | null;
  exit: ProgramExit | null;
}

interface Attendance {
  readonly run: ProgramRun;
  readonly entry: SimulatedEntry;
  readonly killGraceMs: number;
  readonly exited: Promise<ProgramExit>;
  ending: boolean;
}

/** What an attempt's folder says: nobody can start it any more, or what became of it. */
type Taken =
  | { readonly kind: 'void' }
  | { readonly kind: 'taken'; readonly attendance: Attendance };

/**
 * Programs and their attendants on a simulated host. They outlive the processes that started them,
 * as the real ones do; `runnerOf` gives one process's view of them.
 */
export class ScriptedPrograms {
  readonly #host: ProgramHost;
  readonly #scriptOf: ScriptOf;
  readonly #folders = new Map<string, Taken>();
  readonly #runs: ProgramRun[] = [];

  constructor(host: ProgramHost, scriptOf: ScriptOf) {
    this.#host = host;
    this.#scriptOf = scriptOf;
  }

  /** Every program that was run so far, in the order of their starts. */
  get runs(): readonly ProgramRun[] {
    return this.#runs;
  }

  get living(): readonly ProgramRun[] {
    return this.#runs.filter((run) => run.endedMs === null);
  }

  /** The port as `process` sees it: when that is stopped or killed, the programs go on. */
  runnerOf(process: SimulatedProcess): ProgramRunner {
    return process.through('runner', {
      start: async (spec: ProgramSpec) => await this.#start(spec, process),
      adopt: async (folder: string) => await this.#adopt(folder, process),
      endByFolder: async (folder: string) => await this.#endByFolder(folder),
    });
  }

  async #start(spec: ProgramSpec, process: SimulatedProcess): Promise<RunningProgram> {
    const { folder } = spec;
    const { files } = this.#host;
    await files.makeDirectory(folder);
    if (this.#folders.has(folder)) return notRun(folder, 'the attempt was taken before');
    await files.write(attemptPaths(folder).prompt, spec.stdin);
    const script = this.#scriptOf(spec);
    if (script.fate === 'cannot-start') {
      return notRun(folder, `no executable program: ${spec.argv[0]}`);
    }
    await files.write(attemptPaths(folder).output, script.output ?? '');
    return this.#watch(this.#attend(spec, script), process);
  }

  /** The attendant's part: from the program's start to its record. */
  #attend(spec: ProgramSpec, script: ProgramScript): Attendance {
    const host = this.#host;
    const { promise, resolve } = Promise.withResolvers<ProgramExit>();
    const { folder, argv, env, stdin } = spec;
    const startedMs = host.elapsedMs;
    const run: ProgramRun = { folder, argv, env, stdin, startedMs, endedMs: null, exit: null };
    const startedAtMs = host.world.clock.now();
    let timedOut = false;
    const boot = host.processes.bootId;
    const entry = host.processes.run([folder, ...argv], script, ({ code, signal }) => {
      const byItself = signal === null;
      run.endedMs = host.elapsedMs;
      const lost = (byItself && script.fate === 'is-lost') || boot !== host.processes.bootId;
      if (byItself && script.fate !== 'is-lost' && script.result !== undefined) {
        host.files.writeNow(attemptPaths(folder).result, JSON.stringify(script.result));
      }
      run.exit = lost
        ? { kind: 'lost', reason: 'the attendant died and left no record' }
        : {
            kind: 'exited',
            code: code ?? (signal === 'SIGKILL' ? 137 : 143),
            signal,
            timedOut,
            outputBytes: script.output?.length ?? 0,
            outputTruncated: false,
            startedAtMs,
            endedAtMs: host.world.clock.now(),
          };
      host.note(`program ${folder} ${run.exit.kind} ${code ?? signal}`);
      resolve(run.exit);
    });
    const { killGraceMs } = spec;
    const attendance = { run, entry, killGraceMs, exited: promise, ending: false };
    host.after(spec.timeoutMs, () => {
      if (run.endedMs !== null) return;
      timedOut = true;
      this.#end(attendance);
    });
    this.#runs.push(run);
    this.#folders.set(folder, { kind: 'taken', attendance });
    host.note(`program ${folder} started`);
    return attendance;
  }

  #end(attendance: Attendance): void {
    if (attendance.ending || attendance.run.endedMs !== null) return;
    attendance.ending = true;
    const { processes } = this.#host;
    const { identity } = attendance.entry;
    processes.signal(identity.pid, 'SIGTERM');
    this.#host.after(attendance.killGraceMs, () => {
      if (processes.isAlive(identity)) processes.signal(identity.pid, 'SIGKILL');
    });
  }

  async #adopt(folder: string, process: SimulatedProcess): Promise<Adoption> {
    const taken = this.#folders.get(folder);
    if (taken === undefined) {
      await this.#host.files.makeDirectory(folder);
      this.#folders.set(folder, { kind: 'void' });
    }
    if (taken === undefined || taken.kind === 'void') return { kind: 'never-started' };
    const { run } = taken.attendance;
    if (run.exit !== null) return { kind: 'ended', exit: run.exit };
    return { kind: 'running', program: this.#watch(taken.attendance, process) };
  }

  async #endByFolder(folder: string): Promise<void> {
    const taken = this.#folders.get(folder);
    if (taken === undefined) this.#folders.set(folder, { kind: 'void' });
    if (taken?.kind !== 'taken') return;
    this.#end(taken.attendance);
    await taken.attendance.exited;
  }

  #watch(attendance: Attendance, process: SimulatedProcess): RunningProgram {
    const { folder } = attendance.run;
    const { promise: exited, resolve } = Promise.withResolvers<ProgramExit>();
    let left = false;
    void process.gated(attendance.exited).then((exit) => {
      if (!left) resolve(exit);
    });
    return {
      folder,
      attendant: attendance.entry.identity,
      exited,
      end: () => {
        if (process.isAlive) this.#end(attendance);
      },
      leave: () => {
        left = true;
      },
      renew: () => Promise.resolve(),
      outputTail: async (bytes) => {
        const all = this.#host.files.text(attemptPaths(folder).output) ?? '';
        return await process.gated(Promise.resolve(all.slice(-bytes)));
      },
    };
  }
}

const NOBODY: ProcessIdentity = { pid: 0, startedAt: 'nobody', bootId: '' };

function notRun(folder: string, reason: string): RunningProgram {
  return {
    folder,
    attendant: NOBODY,
    exited: Promise.resolve({ kind: 'not-started', reason }),
    end: () => undefined,
    leave: () => undefined,
    renew: () => Promise.resolve(),
    outputTail: () => Promise.resolve(''),
  };
}
