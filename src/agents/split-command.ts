import { parse } from 'shell-quote';

/** A command line as an argument vector, or what of it only a shell would understand. */
export type SplitCommand =
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly operator: string };

/**
 * Split a command line into arguments by the quoting rules of a shell, without one: pipes,
 * redirections, variables, globs, substitutions and comments are refused and not passed on as text.
 */
export function splitCommand(text: string): SplitCommand {
  // shell-quote lets these pass: it closes an open quote by itself and takes "`" for a letter.
  const unread = /`|["'~]|\\$/.exec(text.replace(QUOTED, keepSubstitution))?.[0];
  if (unread !== undefined) return { ok: false, operator: unread };
  const argv: string[] = [];
  for (const part of parse(text, asOperator)) {
    if (typeof part === 'string') argv.push(part);
    else return { ok: false, operator: 'op' in part ? operatorOf(part) : '#' };
  }
  return { ok: true, argv };
}

/** What is escaped or in quotes, and a "~" that begins no word. */
const QUOTED = /\\.|'[^']*'|"(?:\\.|[^"\\])*"|(?<=\S)~/gs;

/** Double quotes do not protect a substitution. */
function keepSubstitution(part: string): string {
  return part.startsWith('"') && /[^\\]`/.test(part) ? '`' : '';
}

/** A variable comes back as an operator named after it; the types do not know that this works. */
const asOperator = (name: string): string => ({ op: `$${name}` }) as unknown as string;

function operatorOf(
  part: { readonly op: string } | { readonly op: 'glob'; readonly pattern: string },
) {
  return 'pattern' in part ? part.pattern : part.op;
}
