import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { EndSignal, Processes, ProcessIdentity, StartedProcess } from './processes.ts';

/** The processes of this host: Linux through /proc, macOS through `ps`. */
export function createSystemProcesses(): Processes {
  const table = process.platform === 'linux' ? linuxTable : macTable;
  const bootId = table.bootId();
  const identify = (pid: number): ProcessIdentity | null => {
    const startedAt = table.startOf(pid);
    return startedAt === null ? null : { pid, startedAt, bootId };
  };
  const self = identify(process.pid);
  if (self === null) throw new Error('this host does not tell when this process started');
  return {
    host: hostname(),
    bootId,
    self,
    identify,
    isAlive: ({ pid, startedAt, bootId: boot }) =>
      boot === bootId && table.startOf(pid) === startedAt,
    find: (argument) =>
      table
        .find(argument)
        .map(identify)
        .filter((identity) => identity !== null),
    startDetached,
    signal: (pid, signal) => sendSignal(pid, signal),
    signalGroup: (groupId, signal) => sendSignal(-groupId, signal),
    isGroupAlive: (groupId) => sendSignal(-groupId, 0) && table.hasMembers(groupId),
  };
}

/** What we ask of the system's table of processes. */
interface ProcessTable {
  bootId(): string;
  /** Null when nobody, or only a zombie, has the pid. */
  startOf(pid: number): string | null;
  hasMembers(groupId: number): boolean;
  find(argument: string): readonly number[];
}

const linuxTable: ProcessTable = {
  bootId: () => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim(),
  startOf: (pid) => {
    const facts = linuxFacts(pid);
    return facts === null || facts.state === 'Z' ? null : facts.startTicks;
  },
  hasMembers: (groupId) =>
    linuxPids().some((pid) => {
      const facts = linuxFacts(pid);
      return facts !== null && facts.group === groupId && facts.state !== 'Z';
    }),
  find: (argument) =>
    linuxPids().filter((pid) => readProc(pid, 'cmdline')?.split('\0').includes(argument) === true),
};

function linuxPids(): readonly number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

/** `proc_pid_stat(5)`. The program's name may hold blanks and brackets: cut at the last one. */
function linuxFacts(pid: number): { state: string; group: number; startTicks: string } | null {
  const stat = readProc(pid, 'stat');
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const startTicks = fields[19];
  if (state === undefined || group === undefined || startTicks === undefined) return null;
  return { state, group: Number(group), startTicks };
}

function readProc(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return null; // it ended, or ended while being read (ESRCH)
  }
}

/** Not proved on a Mac yet. A start is known to the second there. */
const macTable: ProcessTable = {
  bootId: () => /sec = (\d+)/.exec(run('sysctl', ['-n', 'kern.boottime']))?.[1] ?? '',
  startOf: (pid) => {
    const line = run('ps', ['-o', 'state=,lstart=', '-p', `${pid}`]);
    const [state = '', ...start] = line.split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : start.join(' ');
  },
  hasMembers: (groupId) =>
    run('ps', ['-axo', 'pgid=,state='])
      .split('\n')
      .some((line) => {
        const [group, state] = line.trim().split(/\s+/);
        return Number(group) === groupId && state?.startsWith('Z') === false;
      }),
  find: (argument) =>
    run('ps', ['-axwwo', 'pid=,command='])
      .split('\n')
      .filter((line) => line.includes(argument))
      .map((line) => Number.parseInt(line, 10)),
};

function run(program: string, argv: readonly string[]): string {
  try {
    return execFileSync(program, argv, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return ''; // ps says with its status that there is nobody
  }
}

function startDetached({
  argv,
  cwd,
  env,
}: Parameters<Processes['startDetached']>[0]): StartedProcess {
  const [program, ...rest] = argv;
  let child: ReturnType<typeof spawn>;
  try {
    child = spawn(program, rest, { cwd, env, detached: true, stdio: 'ignore' });
  } catch (error) {
    // Faults that need no system call to be known, such as a NUL byte in an argument.
    return { pid: 0, ended: Promise.resolve(notStarted(error as Error)) };
  }
  child.unref();
  return {
    pid: child.pid ?? 0,
    ended: new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', (error) => {
        if (child.pid === undefined) resolve(notStarted(error));
      });
    }),
  };
}

function notStarted(spawnError: Error): Awaited<StartedProcess['ended']> {
  return { code: null, signal: null, spawnError };
}

function sendSignal(pid: number, signal: EndSignal | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return false;
    // Somebody else's: nothing was delivered, but asked whether it is there the answer is yes.
    if (code === 'EPERM') return signal === 0;
    throw error;
  }
}
