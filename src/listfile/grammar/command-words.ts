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

/**
 * Whether a text says in words what must be true (`Log file exists after a restart`) rather than
 * what to start. In doubt it is a command: the task then fails loudly instead of passing unproved.
 */
export function isSentence(text: string): boolean {
  const [first = '', ...others] = text.trim().split(/\s+/);
  return others.length > 0 && (CAPITALISED.test(first) || others.some((word) => SAYS.test(word)));
}

const CAPITALISED = /^(?:\p{Lu}\p{L}*[,:]?$|\P{ASCII})/u;
const SAYS = new RegExp(
  '^(?:is|are|be|has|have|must|should|when|and|the|no|works?|pass(?:es)?|returns?|shows?|' +
    'exists?|matches|appears?|opens?|renders?|succeeds?)[.,;]?$',
  'i',
);
