import { isPawlError, type PawlError } from '../../domain/errors.ts';

/** Raised only when a field loses its meaning; new fields may come at any time. */
export const SCHEMA_VERSION = 1;

/** The one form of every JSON answer. What JSON leaves out of an error within is told, too. */
export function envelope(kind: string, data: unknown): string {
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, kind, data }, (_name, value: unknown) =>
    isPawlError(value) ? errorData(value) : value,
  );
}

/** An error in that form. */
export function errorEnvelope(error: PawlError): string {
  return envelope('error', errorData(error));
}

/** An error as plain data, alone or among other answers. */
export function errorData({ code, message, details, rule }: PawlError): object {
  const { remedy, retryable } = rule;
  return { code, message, remedy, retryable, details };
}
