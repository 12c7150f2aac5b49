import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { ERROR_CATALOGUE, PawlError } from '../domain/errors.ts';
import { concise } from './concise.ts';
import { recoveryOf } from './recovery.ts';

/**
 * The answer of a tool, the same in the text and in `structuredContent`: some clients show their
 * model only the one, some only the other. Hints such as `next` stand inside it, too.
 */
export function answered(answer: object): CallToolResult {
  const structuredContent = concise(answer);
  const text = JSON.stringify(structuredContent);
  return { content: [{ type: 'text', text }], structuredContent };
}

/** A refusal, worded so that the caller's model knows what to do next. */
export function refused(error: PawlError, workspace: string | null): CallToolResult {
  const { code, message, details, rule } = error;
  const next = recoveryOf(error);
  const told = {
    error: { code, message, next, retryable: rule.retryable ? true : null, details },
    workspace: workspace ?? 'not known',
  };
  return { ...answered(told), isError: true };
}

const ISSUES_MAX = 10;

/**
 * Read the arguments of a call by their schema.
 *
 * @throws PawlError `arguments_invalid` with one line for each fault.
 */
export function readArguments<T>(schema: z.ZodType<T>, given: unknown): T {
  // Most processes read few arguments: making a parser of each schema would take longer.
  const read = schema.safeParse(given, { jitless: true });
  if (read.success) return read.data;
  const faults = read.error.issues.slice(0, ISSUES_MAX).map(faultText);
  throw new PawlError('arguments_invalid', faults.join('; '), { details: { faults } });
}

/** No tool wants nearly as much; JSON itself runs out of stack at some thousands. */
const NESTING_MAX = 100;

/**
 * Refuse what is nested deeper than anything that looks into it may go.
 *
 * @throws PawlError `arguments_invalid` that names the argument.
 */
export function requireShallow(given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    let level: readonly unknown[] = [value];
    for (let depth = 0; level.length > 0; depth += 1) {
      if (depth > NESTING_MAX) {
        const message = `${name}: nested deeper than ${NESTING_MAX} levels`;
        throw new PawlError('arguments_invalid', message);
      }
      level = level.flatMap((one) =>
        typeof one === 'object' && one !== null ? Object.values(one) : [],
      );
    }
  }
}

function faultText({ path, message }: z.core.$ZodIssue): string {
  const where = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`));
  const name = where.join('').replace(/^\./, '');
  return name === '' ? message : `${name}: ${message}`;
}

/** How every refusal looks, for whoever checks answers. */
export const REFUSAL = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_CATALOGUE) as [string, ...string[]]),
    message: z.string().min(1),
    next: z.string().min(1),
    retryable: z.literal(true).optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
  workspace: z.string().min(1),
  truncated: z.literal(true).optional(),
});
