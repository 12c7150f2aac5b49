import process from 'node:process';
import { keptOutput } from '../../app/kept-output.ts';
import { PawlError } from '../../domain/errors.ts';
import { readOutput } from '../../operations/read-output.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { findTask } from '../../operations/resolve-task.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { envelope } from '../render/envelope.ts';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly attempt?: string;
}

/** `pawl logs ID [-f] [--attempt N]`: what an attempt's agent, and its verify command, wrote. */
export async function logsCommand(
  invocation: Invocation,
  ref: string,
  options: LogsOptions,
): Promise<number> {
  const { listPath, terminal, json } = invocation;
  const attempt = options.attempt === undefined ? null : numberOf(options.attempt);
  const interrupted = new AbortController();
  if (options.follow === true) process.once('SIGINT', () => interrupted.abort());
  return await inProject(invocation, { listPath, anywhere: true }, async (workspace) => {
    const list = listPath === null ? null : await resolveList(workspace, listPath);
    const task = await findTask(workspace, ref, list?.listId ?? null);
    const pieces: { readonly from: 'agent' | 'verify'; readonly bytes: Uint8Array }[] = [];
    let part: 'agent' | 'verify' = 'agent';
    const read = await readOutput(workspace, {
      task,
      attempt,
      follow: options.follow ?? false,
      reader: keptOutput(workspace.world),
      signal: interrupted.signal,
      onBytes: (bytes, from) => {
        if (json) {
          pieces.push({ from, bytes });
          return;
        }
        if (from !== part) terminal.err(terminal.paint('dim', '--- verify ---'));
        part = from;
        terminal.write(bytes);
      },
    });
    if (json) {
      const textOf = (from: 'agent' | 'verify'): string =>
        new TextDecoder().decode(
          Buffer.concat(pieces.filter((piece) => piece.from === from).map(({ bytes }) => bytes)),
        );
      const { taskId } = task;
      const output = { agent: textOf('agent'), verify: textOf('verify') };
      terminal.out(envelope('logs', { taskId, ...read, output }));
    } else if (read.bytes === 0) {
      terminal.err(terminal.paint('dim', `attempt ${read.attempt} wrote nothing`));
    }
    return interrupted.signal.aborted ? 130 : 0;
  });
}

function numberOf(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new PawlError('usage', `--attempt: ${text} is no number of an attempt`);
}
