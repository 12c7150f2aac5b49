import { createHash } from 'node:crypto';
import type { BreakdownPlan, SubtaskPlan } from '../domain/breakdown/plan-model.ts';
import { commandWords } from '../listfile/grammar/command-words.ts';
import type { SubtaskChange } from '../store/breakdowns.ts';
import type { RequestKey } from '../store/store.ts';

/** A subtask as callers say it: its check may be a command line. */
export interface SubtaskWish extends Omit<SubtaskPlan, 'verify'> {
  /** An argument vector, or a command line that needs no shell. */
  readonly verify?: string | readonly string[] | null;
}

/** What is left out stays as it is; null takes away what may be missing. */
export type TaskEdit = {
  readonly [K in keyof Omit<SubtaskWish, 'key' | 'taskId'>]?: SubtaskWish[K] | null;
};

export interface BreakdownWish extends Omit<BreakdownPlan, 'subtasks'> {
  readonly subtasks: readonly SubtaskWish[];
}

/** The same in the words of the plan; what only a shell would understand becomes a fault of it. */
export function planOf({ verify, ...wish }: SubtaskWish): SubtaskPlan {
  return verify === undefined ? wish : { ...wish, verify: argumentsOf(verify) ?? null };
}

/** The same of a change. */
export function changeOf({ verify, ...edit }: TaskEdit): SubtaskChange {
  return verify === undefined ? edit : { ...edit, verify: argumentsOf(verify) ?? null };
}

function argumentsOf(verify: string | readonly string[] | null): SubtaskPlan['verify'] {
  if (typeof verify !== 'string') return verify;
  if (verify.trim() === '') return null;
  const reading = commandWords(verify);
  if (reading.ok) return reading.words;
  return { unread: verify, remedy: `Name the shell that is to run it: ${reading.remedy}` };
}

/** Of a call that must have one effect however often it is repeated. */
export function requestOf(
  scope: string,
  key: string | null | undefined,
  input: unknown,
): { readonly request?: RequestKey } {
  if (key === null || key === undefined) return {};
  const inputHash = createHash('sha256').update(JSON.stringify(input)).digest('hex');
  return { request: { scope, key, inputHash } };
}
