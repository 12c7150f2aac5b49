import type { LogEvent } from './catalogue.ts';

/**
 * Says what happened, for whoever has to find out later. Every line has a name of the catalogue.
 * It never throws, and what it was given is on disk when it returns.
 */
export interface Logger {
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields, error?: unknown): void;
  /** An error that was told before, itself or as the cause of another, is not told again. */
  error(event: LogEvent, fields?: LogFields, error?: unknown): void;
}

export interface LogFields {
  readonly operation?: string;
  readonly list?: string;
  /** The task's id as its list writes it. */
  readonly task?: string;
  readonly attempt?: number;
  readonly [name: string]: unknown;
}

/** A logger that says nothing, for where nobody listens. */
export const silentLogger: Logger = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
