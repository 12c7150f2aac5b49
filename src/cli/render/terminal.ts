import { styleText } from 'node:util';

/** Where a command writes: standard output and error, as far as somebody still reads them. */
export interface Terminal {
  /** Standard output is a terminal, so a view may be redrawn in place. */
  readonly isLive: boolean;
  /** Somebody can be asked. */
  readonly canAsk: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  /** A line of the answer. */
  out(line: string): void;
  /** A piece of the answer as it is. */
  write(bytes: string | Uint8Array): void;
  /** A line for a person beside the answer: warnings, errors, hints. */
  err(line: string): void;
}

export type Tone = 'strong' | 'dim' | 'good' | 'bad' | 'warn' | 'note';
export type Paint = (tone: Tone, text: string) => string;

export interface TerminalOptions {
  readonly stdin: { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--no-color` was not given. */
  readonly color: boolean;
}

/** A terminal, a pipe or a file. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

const COLUMNS_ELSEWHERE = 100;
const ROWS_ELSEWHERE = 24;

/** The terminal, or the pipes, of this process. A reader that went away is no error. */
export function createTerminal(options: TerminalOptions): Terminal {
  const { stdin, stdout, stderr, env } = options;
  const writers = new Map([stdout, stderr].map((stream) => [stream, writerOf(stream)]));
  const write = (stream: Output, text: string | Uint8Array): void => writers.get(stream)?.(text);
  const isDumb = env['TERM'] === 'dumb';
  return {
    isLive: stdout.isTTY === true && !isDumb,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    get columns() {
      return stdout.columns ?? COLUMNS_ELSEWHERE;
    },
    get rows() {
      return stdout.rows ?? ROWS_ELSEWHERE;
    },
    paint: wantsColor(options) ? paint : (_tone, text) => text,
    out: (line) => write(stdout, `${line}\n`),
    write: (bytes) => write(stdout, bytes),
    err: (line) => write(stderr, `${line}\n`),
  };
}

/** Colours as https://no-color.org and https://force-color.org say. */
export function wantsColor({
  stdout,
  env,
  color,
}: Pick<TerminalOptions, 'env' | 'color'> & {
  readonly stdout: { readonly isTTY?: boolean };
}): boolean {
  if (!color || (env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return stdout.isTTY === true && env['TERM'] !== 'dumb';
}

const FORMATS = {
  strong: 'bold',
  dim: 'dim',
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  note: 'cyan',
} as const;

function paint(tone: Tone, text: string): string {
  return styleText(FORMATS[tone], text, { validateStream: false });
}

/** Writes until the reader is gone (`pawl list | head`), then swallows the rest. */
function writerOf(stream: Output): (text: string | Uint8Array) => void {
  let isGone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isGone = true;
  });
  return (text) => {
    if (!isGone) stream.write(text);
  };
}
