import { z } from 'zod';
import { durationText, readDuration } from '../domain/duration.ts';
import { assertNever } from '../domain/errors.ts';
import { readPriority } from '../domain/priority.ts';
import { readBytes } from './bytes.ts';
import type { SettingKind } from './settings.ts';

/** A command line as an argument vector, or the first thing in it that only a shell understands. */
export type SplitCommand = (
  text: string,
) =>
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly operator: string };

/** What a value of this kind must be, whether it comes as JSON or as the text of a flag. */
export function settingSchema(kind: SettingKind, splitCommand: SplitCommand): z.ZodType {
  switch (kind.is) {
    case 'count':
      return z.preprocess(number, between(kind.min, kind.max, z.int('must be a whole number')));
    case 'duration':
      return z.preprocess(
        (value) => (typeof value === 'string' ? (readDuration(value) ?? value) : value),
        between(
          kind.minMs,
          kind.maxMs,
          z.number('must be a duration such as 90s, 20m or 1h30m'),
          durationText,
        ),
      );
    case 'bytes':
      return z.preprocess(
        (value) => (typeof value === 'string' ? (readBytes(value) ?? value) : value),
        between(kind.min, kind.max, z.number('must be a size such as 500KiB or 10MiB')),
      );
    case 'choice':
      return z.preprocess(
        (value) => (kind.words.includes('P1') ? priority(value) : value),
        z.enum(kind.words as [string, ...string[]], `must be one of ${kind.words.join(', ')}`),
      );
    case 'switch':
      return z.preprocess(truth, z.boolean('must be true or false'));
    case 'text':
      return z.string('must be a text').min(1, 'must not be empty').max(4_096, 'is too long');
    case 'command':
      return command(splitCommand);
    case 'limits':
      return limits();
    case 'words':
      return words(kind.most);
    default:
      return assertNever(kind);
  }
}

function between(
  min: number,
  max: number,
  schema: z.ZodNumber,
  show: (value: number) => string = String,
): z.ZodNumber {
  const message = `must be from ${show(min)} to ${show(max)}`;
  return schema.min(min, message).max(max, message);
}

function number(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value;
}

/** `p1` and `high` are understood as in a list; `P0` and nonsense are not guessed at here. */
function priority(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const read = readPriority(value);
  return read.reading === 'guessed' ? value : read.priority;
}

function truth(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const word = value.trim().toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(word)) return true;
  return ['0', 'false', 'no', 'off', ''].includes(word) ? false : value;
}

function command(splitCommand: SplitCommand): z.ZodType {
  return z.union(
    [
      z.array(z.string()).min(1),
      z.string().transform((text, context) => {
        const split = splitCommand(text);
        if (split.ok && split.argv.length > 0) return split.argv;
        const message = split.ok ? 'is empty' : needsShell(split.operator);
        context.addIssue({ code: 'custom', message });
        return z.NEVER;
      }),
    ],
    { error: (issue) => firstMessage(issue.errors) ?? 'must be a command line or its arguments' },
  );
}

/** A shell in double quotes does not help: those let through what they hold. */
function needsShell(operator: string): string {
  const message = `needs a shell for ${operator}: name one, as in sh -c '...'`;
  return /^[$`]/.test(operator) ? `${message}, in single quotes` : message;
}

/** Of the alternatives' messages, the one that a text ran into. */
function firstMessage(errors: unknown): string | undefined {
  const issues = (errors as readonly (readonly { code: string; message: string }[])[]).flat();
  return issues.find((issue) => issue.code === 'custom')?.message;
}

const WORD = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$/;

function words(most: number): z.ZodType {
  const parts = (value: unknown): unknown =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((word) => word.trim())
          .filter((word) => word !== '')
      : value;
  const word = z.string().regex(WORD, 'must be words such as gpu,linux');
  return z.preprocess(parts, z.array(word, 'must be words such as gpu,linux').max(most));
}

function limits(): z.ZodType {
  const most = z.preprocess(number, between(1, 1_000, z.int('must be a whole number')));
  const pairs = (value: unknown): unknown => {
    if (!Array.isArray(value)) return value;
    const split = value.map((pair) => /^([^=]+)=(.*)$/.exec(String(pair)));
    if (split.some((pair) => pair === null)) return value;
    return Object.fromEntries(split.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
  };
  return z.preprocess(pairs, z.record(z.string(), most, 'must be name=count, such as claude=2'));
}
