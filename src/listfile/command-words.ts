import { parse, quote } from 'shell-quote';

/**
 * A command line as an argument vector, for running without a shell; or, when only a shell could
 * understand it (pipes, redirections, variables, globs, comments), how to write it so that one is
 * named.
 */
export function commandWords(command: string): CommandReading {
  // A variable is an operator too: without a shell nobody would replace it.
  const parts = parse(command, (name) => ({ op: `$${name}` }) as unknown as string);
  const words = parts.filter((part) => typeof part === 'string');
  if (words.length === parts.length) return { ok: true, words };
  return { ok: false, remedy: `sh -c ${quote([command])}` };
}

export type CommandReading =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly remedy: string };
