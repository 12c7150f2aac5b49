import { resolve } from 'node:path';
import { CommanderError } from 'commander';
import { PAWL_VERSION } from '../app/version.ts';
import { environment } from '../config/environment.ts';
import { parentOfList } from '../domain/breakdown/list-path.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';
import { createProgram } from './program.ts';
import type { GlobalOptions } from './program-parts.ts';
import { errorEnvelope } from './render/envelope.ts';
import { errorLines, findingsPath } from './render/error-lines.ts';
import { quoted } from './render/quoted.ts';
import { createTerminal, type Terminal, type TerminalOptions } from './render/terminal.ts';

/** What a command is given beside its words: those of its process. */
export type Streams = Pick<TerminalOptions, 'stdin' | 'stdout' | 'stderr'>;

/**
 * The command line from its words to the exit code. Answers go to standard output, everything else
 * to standard error; with `--json` both are JSON alone.
 */
export async function commandLine(argv: readonly string[], streams: Streams): Promise<number> {
  const end = argv.indexOf('--');
  const said = argv.slice(2, end === -1 ? undefined : end); // behind it are others’ words
  const json = said.includes('--json');
  const env = environment();
  const { stdin, stdout, stderr } = streams;
  const color = !said.includes('--no-color');
  const terminal = createTerminal({ stdin, stdout, stderr, env, color });
  let exitCode = 0;
  const usage: string[] = [];
  const resolveIn = ({ C }: GlobalOptions, path: string): string =>
    parentOfList(path) === null ? resolve(C ?? '.', path) : path;
  const program = createProgram({
    version: PAWL_VERSION,
    resolve: resolveIn,
    invocation: (options, path) => {
      const list = path ?? options.list;
      return {
        dir: resolve(options.C ?? '.'),
        listPath: list === undefined ? null : resolveIn(options, list),
        json,
        command: options.C === undefined ? 'pawl' : `pawl -C ${quoted(options.C)}`,
        terminal,
      };
    },
    run: async (_invocation, work) => {
      exitCode = await work();
    },
    writeOut: (text) => terminal.write(text),
    writeErr: (text) => usage.push(text),
  });
  try {
    await program.parseAsync(argv);
  } catch (cause) {
    const error = errorOf(cause, usage);
    if (error === null) return 0;
    await tell(error, { json, terminal });
    return error.rule.exitCode;
  }
  return exitCode;
}

/** Null when there is nothing to tell: help was asked for, or the version. */
function errorOf(cause: unknown, usage: readonly string[]): PawlError | null {
  if (isPawlError(cause)) return cause;
  if (!(cause instanceof CommanderError)) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new PawlError('bug', message, { cause });
  }
  if (cause.exitCode === 0) return null;
  const text = usage
    .join('')
    .replace(/^error: /, '')
    .trim();
  if (cause.code === 'commander.help') return new PawlError('usage', `no command\n\n${text}`);
  return new PawlError('usage', text === '' ? cause.message : text);
}

async function tell(
  error: PawlError,
  { json, terminal }: { readonly json: boolean; readonly terminal: Terminal },
): Promise<void> {
  if (json) terminal.err(errorEnvelope(error));
  else {
    const style = { width: terminal.columns, paint: terminal.paint };
    const path = findingsPath(error);
    const source =
      path === null ? null : await (await import('../app/list-source.ts')).readListSource(path);
    for (const line of errorLines(error, source, style)) terminal.err(line);
  }
  if (error.code === 'bug' && !json && error.stack !== undefined) terminal.err(error.stack);
}
