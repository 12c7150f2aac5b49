import { resolve } from 'node:path';
import process from 'node:process';
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
import { createTerminal, type Terminal } from './render/terminal.ts';

/**
 * The command line from its words to the exit code. Answers go to standard output, everything else
 * to standard error; with `--json` both are JSON alone.
 */
async function main(argv: readonly string[]): Promise<void> {
  const end = argv.indexOf('--');
  const said = argv.slice(2, end === -1 ? undefined : end); // behind it are others’ words
  const json = said.includes('--json');
  const env = environment();
  const { stdin, stdout, stderr } = process;
  const terminal = createTerminal({
    stdin,
    stdout,
    stderr,
    env,
    color: !said.includes('--no-color'),
  });
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
      process.exitCode = await work();
    },
    writeOut: (text) => terminal.write(text),
    writeErr: (text) => usage.push(text),
  });
  try {
    await program.parseAsync(argv);
  } catch (cause) {
    const error = errorOf(cause, usage);
    if (error === null) return;
    await tell(error, { json, terminal });
    process.exitCode = error.rule.exitCode;
  }
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

await main(process.argv);
