import { pino } from 'pino';
import type { World } from '../world/world.ts';
import type { LogEvent } from './catalogue.ts';
import { chainOf, errorFields } from './error-fields.ts';
import type { LogFields, Logger } from './logger.ts';
import { redactValue } from './redact.ts';
import { RotatingFile } from './rotating-file.ts';

export interface LoggerOptions {
  readonly world: World;
  /** `.pawl/log`; made at the first line. */
  readonly folder: string;
  /** Bytes; default 10 MiB. */
  readonly fileBytesMax?: number;
  /** Default 5, the one being written included. */
  readonly filesMax?: number;
}

/** Pawl's own log on disk. */
export interface LogFile extends Logger {
  readonly path: string;
  /** Resolves when nothing is being renamed or removed any more. */
  close(): Promise<void>;
}

/**
 * Open the log: JSON lines in `pawl.log`, secrets redacted by name and by content, bounded and
 * rotated, safe to share with other processes of Pawl. Nothing is opened before the first line.
 */
export function createLogger(options: LoggerOptions): LogFile {
  const { world, folder } = options;
  const path = `${folder}/pawl.log`;
  const file = new RotatingFile({
    world,
    path,
    bytesMax: options.fileBytesMax ?? LOG_FILE_BYTES_MAX,
    filesMax: options.filesMax ?? LOG_FILES_MAX,
  });
  const lines = pino(
    {
      base: { pid: world.processes.self.pid },
      timestamp: () => `,"time":"${new Date(world.clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    file,
  );
  const told = new WeakSet<object>();
  let toldLost = 0;
  const log = (level: Level, event: LogEvent, fields: LogFields = {}, error?: unknown): void => {
    if (error !== undefined && wasTold(told, error)) return;
    if (file.linesLost > toldLost) {
      const lost = file.linesLost - toldLost;
      toldLost = file.linesLost;
      lines.warn({ event: 'log.lines_lost' satisfies LogEvent, lost });
    }
    const failure = error === undefined ? {} : failureOf(error);
    lines[level](redactValue({ event, ...failure, ...fields }) as object);
  };
  return {
    path,
    info: (event, fields) => log('info', event, fields),
    warn: (event, fields, error) => log('warn', event, fields, error),
    error: (event, fields, error) => log('error', event, fields, error),
    close: () => file.close(),
  };
}

export const LOG_FILE_BYTES_MAX = 10 * 1024 * 1024;
export const LOG_FILES_MAX = 5;

type Level = 'info' | 'warn' | 'error';

/** Remembers the error with its causes; true when any of them was remembered before. */
function wasTold(told: WeakSet<object>, error: unknown): boolean {
  const chain = chainOf(error).filter((one) => typeof one === 'object' && one !== null);
  const before = chain.some((one) => told.has(one));
  for (const one of chain) told.add(one);
  return before;
}

/** The error's fields, with the task and the attempt it names where every line has them. */
function failureOf(error: unknown): Readonly<Record<string, unknown>> {
  const fields = errorFields(error);
  const task = fields.details?.['taskId'];
  const attempt = fields.details?.['attempt'];
  return {
    ...(typeof task === 'string' ? { task } : {}),
    ...(typeof attempt === 'number' ? { attempt } : {}),
    ...fields,
  };
}
