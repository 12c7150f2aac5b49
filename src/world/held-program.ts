import { spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { ProgramStart, StartedProcess } from './processes.ts';

/** A program that ends with this process, and with whatever it started. */
export interface HeldProgram extends ProgramStart {
  /** Stands in the command lines of all that belongs to it: by it `Processes.find` finds them. */
  readonly marker: string;
  /** Milliseconds between SIGTERM and SIGKILL when this process is gone. */
  readonly graceMs: number;
}

/**
 * The shell leads a session and process group of its own. Its twin waits at the other end of a pipe
 * that nobody writes to: when we are gone, however that came about, it ends the group, and whatever
 * is left of it as soon as the program has ended. A signal to the group is the program's to answer,
 * so the shell waits for what it makes of it.
 */
const SCRIPT = `
grace=$1
shift
trap : TERM INT HUP
(
  trap '' TERM INT HUP
  read -r _ <&3
  trap 'kill -s KILL -- "-$$"' USR1
  kill -s TERM -- "-$$"
  sleep "$grace" &
  wait
  kill -s KILL -- "-$$"
) >/dev/null 2>&1 &
twin=$!
exec 3<&- 4>&2 2>/dev/null
{ "$@"; } 2>&4 4>&-
code=$?
kill -s USR1 "$twin"
exit "$code"
`;

/**
 * Start a program with our standard streams. Exit code 127 says that there is no such program, 126
 * that it cannot be run; a signal that ended it is its number plus 128.
 */
export function startHeldProgram(program: HeldProgram): StartedProcess {
  const { argv, cwd, env, marker, graceMs } = program;
  const seconds = String(Math.max(1, Math.ceil(graceMs / 1_000)));
  let child: ReturnType<typeof spawn>;
  try {
    child = spawn('/bin/sh', ['-c', SCRIPT, marker, seconds, ...argv], {
      ...{ cwd, env, detached: true },
      stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    });
  } catch (error) {
    return { pid: 0, ended: Promise.resolve(notStarted(error as Error)) };
  }
  const lifeline = child.stdio[3] as Duplex;
  return {
    pid: child.pid ?? 0,
    ended: new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        lifeline.destroy();
        resolve({ code, signal });
      });
      child.once('error', (error) => {
        if (child.pid === undefined) resolve(notStarted(error));
      });
    }),
  };
}

function notStarted(spawnError: Error): Awaited<StartedProcess['ended']> {
  return { code: null, signal: null, spawnError };
}
