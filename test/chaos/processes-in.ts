import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/**
 * Processes that belong to a folder: they work in it, or name it on their command line. Zombies
 * run no more and do not count, nor does this process.
 */
export function processesIn(folder: string): readonly FoundProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const args = argumentsOf(name);
      if (args.length === 0) return [];
      const names = args.some((arg) => arg.includes(folder));
      const inside = names || cwdOf(name)?.startsWith(folder) === true;
      return inside ? [{ pid: Number(name), command: args.join(' ').slice(0, 200) }] : [];
    });
}

/** Agents of `AGENT_SCRIPT` at work in a folder: not their attendants, not their sleeps. */
export function agentsIn(folder: string): readonly FoundProcess[] {
  const script = `/bin/sh ${folder}/agent.sh`;
  return processesIn(folder).filter(({ command }) => command.startsWith(script));
}

/** SIGKILL for all of them; gives how many there were. */
export function endAll(folder: string): number {
  const found = processesIn(folder);
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone by itself meanwhile
    }
  }
  return found.length;
}

/** Empty for a zombie, and for a process that is gone. */
function argumentsOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

function cwdOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}
