import { basename } from 'node:path';

/** How a client starts a server: a program and its arguments, no shell. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

export function sameLaunch(one: Launch, other: Launch): boolean {
  return JSON.stringify(wordsOf(one)) === JSON.stringify(wordsOf(other));
}

export function wordsOf({ command, args }: Launch): readonly string[] {
  return [command, ...args];
}

/** Whether it starts Pawl's MCP server, wherever this Pawl may lie. */
export function isPawl(launch: Launch): boolean {
  const names = wordsOf(launch).map((word) => basename(word).replace(/@[^@]*$/, ''));
  return launch.args.includes('mcp') && names.some((name) => PAWL.includes(name));
}

/** Whether it starts the older orchestrator that Pawl takes the place of. */
export function isOlderOrchestrator(launch: Launch): boolean {
  return wordsOf(launch).some((word) => /mcp[_-]task[_-]orchestrator/.test(word));
}

/** The folder that a launch of Pawl is bound to by `-C`; null when it finds its project itself. */
export function boundFolder({ args }: Launch): string | null {
  const at = args.indexOf('-C');
  return at < 0 ? null : (args[at + 1] ?? null);
}

/** The same launch, bound to a folder. */
export function bindTo(folder: string | null, { command, args }: Launch): Launch {
  if (folder === null) return { command, args };
  const at = args.lastIndexOf('mcp');
  return { command, args: [...args.slice(0, at), '-C', folder, ...args.slice(at)] };
}

const PAWL: readonly string[] = ['pawl', 'pawl.js'];

/** The same program before it is told to serve, to be asked for something else. */
export function withoutServing({ command, args }: Launch): Launch {
  return { command, args: args.slice(0, args.lastIndexOf('mcp')) };
}
