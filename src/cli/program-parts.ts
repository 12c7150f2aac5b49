import type { Command } from 'commander';
import type { Invocation } from './invocation.ts';

/** Options that every command takes, before or after its name. */
export interface GlobalOptions {
  readonly C?: string;
  readonly json?: boolean;
  readonly list?: string;
  /** False for `--no-color`. */
  readonly color?: boolean;
}

export interface ProgramParts {
  readonly version: string;
  /** What the options mean for this process; `path` is a list's path given as an argument. */
  invocation(options: GlobalOptions, path?: string): Invocation;
  /** An absolute path from one as it was written. */
  resolve(options: GlobalOptions, path: string): string;
  /** Run a command; its exit code becomes the process's. */
  run(invocation: Invocation, work: () => Promise<number>): Promise<void>;
  writeOut(text: string): void;
  writeErr(text: string): void;
}

/** The options with those that were given before the command's name. */
export function all<T = unknown>(command: Command): GlobalOptions & T {
  return command.optsWithGlobals<GlobalOptions & T>();
}

export function withGlobals(command: Command): Command {
  return command
    .option('-C <dir>', 'work in another folder')
    .option('--json', 'one JSON document on standard output, errors as JSON on standard error')
    .option('--list <path>', 'the list that is meant, where more than one is known')
    .option('--no-color', 'no colours (so do NO_COLOR and pipes)');
}
