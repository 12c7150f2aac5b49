import { PawlError } from '../domain/errors.ts';

/** What is logged of an error: enough to find its cause without asking anybody. */
export interface ErrorFields {
  readonly code: string;
  readonly message: string;
  /** The statement that the store was running. */
  readonly statement?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** What it was caused by, the nearest first. */
  readonly causes: readonly string[];
  /** Only of a bug: where it happened. */
  readonly stack?: string;
}

/** The longest chain of causes that is followed. */
const CAUSES_MAX = 8;

export function errorFields(error: unknown): ErrorFields {
  const [first, ...rest] = chainOf(error);
  const details = first instanceof PawlError ? first.details : {};
  const statement = [first, ...rest].map(statementOf).find((text) => text !== undefined);
  const code = codeOf(first);
  const stack = isBug(code) && first instanceof Error ? first.stack : undefined;
  return {
    code,
    message: messageOf(first),
    ...(statement === undefined ? {} : { statement }),
    ...(Object.keys(details).length === 0 ? {} : { details }),
    causes: rest.map((cause) => `${codeOf(cause)}: ${messageOf(cause)}`),
    ...(stack === undefined ? {} : { stack }),
  };
}

/** An error and what caused it, the error first. */
export function chainOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [error];
  for (let next = causeOf(error); next !== undefined; next = causeOf(next)) {
    if (chain.length > CAUSES_MAX || chain.includes(next)) break;
    chain.push(next);
  }
  return chain;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function isBug(code: string): boolean {
  return code === 'bug' || code === 'unknown' || code.endsWith('Error');
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = (error as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : error.name;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function statementOf(error: unknown): string | undefined {
  const statement = error instanceof PawlError ? error.details['statement'] : undefined;
  return typeof statement === 'string' ? statement : undefined;
}
