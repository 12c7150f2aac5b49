import process from 'node:process';
import { Writable } from 'node:stream';
import { commandLine } from '../../src/cli/command-line.ts';

/** What a command answered. */
export interface Answered {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const AT_WORK = 'PAWL_TEST_COMMAND_HERE';

/**
 * A command in the process of its test, at a tenth of what the start of one costs: where the answer
 * is what is tested. One at a time: folder and environment are the whole process's meanwhile.
 */
export async function commandHere(
  args: readonly string[],
  where: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Answered> {
  if (AT_WORK in process.env) throw new Error('another command is at work here: start a process');
  const [home, env] = [process.cwd(), { ...process.env }];
  const [stdout, stderr] = [new Heard(), new Heard()];
  process.chdir(where.cwd);
  Object.assign(process.env, where.env, { [AT_WORK]: '1' });
  try {
    const argv = [process.execPath, 'pawl', ...args];
    const code = await commandLine(argv, { stdin: { isTTY: false }, stdout, stderr });
    return { code, out: stdout.text, err: stderr.text };
  } finally {
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    process.chdir(home);
  }
}

class Heard extends Writable {
  readonly #pieces: Buffer[] = [];

  override _write(piece: Buffer, _encoding: string, done: () => void): void {
    this.#pieces.push(piece);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString();
  }
}
