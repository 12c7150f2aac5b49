import { DEFAULT_PRIORITY, type Priority, readPriority } from '../priority.ts';
import { ON_DEP_FAILURE, type OnDepFailure } from '../status.ts';
import { PLAN_LIMITS } from './plan-limits.ts';
import type { PlanNote, SubtaskContent, SubtaskPlan, UnreadCommand } from './plan-model.ts';
import type { PlanTexts } from './plan-texts.ts';

/** What a subtask says besides its names and dependencies. Faults are collected by `texts`. */
export function checkContent(
  plan: Partial<SubtaskPlan>,
  texts: PlanTexts,
  notes: PlanNote[],
): SubtaskContent {
  const limits = PLAN_LIMITS;
  const title = texts.required('title', plan.title, limits.titleLengthMax) ?? '';
  return {
    title,
    description:
      texts.optional('description', plan.description, limits.descriptionLengthMax) ?? title,
    specialistType: readSpecialist(texts, plan.specialistType),
    estimatedEffort: texts.optional(
      'estimatedEffort',
      plan.estimatedEffort,
      limits.effortLengthMax,
    ),
    acceptance: texts.several('acceptance', plan.acceptance, {
      countMax: limits.acceptanceMax,
      lengthMax: limits.acceptanceLengthMax,
    }),
    verify: verifyOf(texts, plan.verify),
    priority: priorityOf(texts, plan.priority, notes),
    labels: texts.several('labels', plan.labels, {
      countMax: limits.labelsMax,
      lengthMax: limits.labelLengthMax,
    }),
    agent: texts.optional('agent', plan.agent, limits.agentLengthMax),
    timeoutMs: timeoutOf(texts, plan.timeoutMs),
    onDepFailure: policyOf(texts, plan.onDepFailure),
  };
}

/** A role's name as it is stored, however it is written: `Security Expert` is `security_expert`. */
export function specialistName(written: string): string | null {
  const name = written
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return /^[\p{L}\p{N}][\p{L}\p{N}_.]*$/u.test(name) ? name : null;
}

function readSpecialist(texts: PlanTexts, written: unknown): string | null {
  const text = texts.optional('specialistType', written, PLAN_LIMITS.specialistLengthMax);
  if (text === null) return null;
  const name = specialistName(text);
  if (name !== null) return name;
  const message = `${JSON.stringify(text)} is no name of a role`;
  const remedy = 'Use letters, digits and `_`, as in `security_expert`.';
  return texts.fault('specialist_invalid', 'specialistType', message, remedy);
}

/** Arguments are passed on as they are: nothing is trimmed, doubles count. */
function verifyOf(texts: PlanTexts, written: unknown): readonly string[] | null {
  if (written === undefined || written === null) return null;
  if (typeof written === 'object' && 'unread' in written) {
    const { unread, remedy } = written as UnreadCommand;
    const message = `${JSON.stringify(unread)} is for a shell to read`;
    return texts.fault('verify_invalid', 'verify', message, remedy);
  }
  const words: readonly unknown[] = Array.isArray(written) ? written : [null];
  if (words.length === 0) return null;
  const { verifyWordsMax, verifyLengthMax } = PLAN_LIMITS;
  const length = words.reduce<number>((sum, word) => sum + String(word).length, 0);
  const isFine =
    words.every(
      (word): word is string =>
        typeof word === 'string' && !word.includes('\0') && word.isWellFormed(),
    ) &&
    words[0] !== '' &&
    words.length <= verifyWordsMax &&
    length <= verifyLengthMax;
  if (isFine) return words as readonly string[];
  const most = `${verifyWordsMax} words and ${verifyLengthMax} characters`;
  const message = `is no command of at most ${most}`;
  const remedy = 'Give the program and its arguments as an array: ["npm", "test"].';
  return texts.fault('verify_invalid', 'verify', message, remedy);
}

function priorityOf(texts: PlanTexts, written: unknown, notes: PlanNote[]): Priority {
  const text = texts.optional('priority', written, PLAN_LIMITS.labelLengthMax);
  if (text === null) return DEFAULT_PRIORITY;
  const { priority, reading } = readPriority(text);
  if (reading === 'guessed') {
    const message = `${JSON.stringify(text)} is no priority`;
    texts.fault('priority_unknown', 'priority', message, 'Use P1, P2, P3 or P4.');
  } else if (reading === 'p0') {
    notes.push({ ...texts.place, message: 'P0 is read as P1: there is nothing above it' });
  }
  return priority;
}

function timeoutOf(texts: PlanTexts, written: unknown): number | null {
  if (written === undefined || written === null) return null;
  const { timeoutMsMax } = PLAN_LIMITS;
  const isFine =
    typeof written === 'number' &&
    Number.isSafeInteger(written) &&
    written > 0 &&
    written <= timeoutMsMax;
  if (isFine) return written;
  const message = `${JSON.stringify(written)} is no number of milliseconds up to ${timeoutMsMax}`;
  return texts.fault('timeout_invalid', 'timeoutMs', message, 'Give a whole number, or none.');
}

function policyOf(texts: PlanTexts, written: unknown): OnDepFailure | null {
  if (written === undefined || written === null) return null;
  const policy = ON_DEP_FAILURE.find((one) => one === written);
  if (policy !== undefined) return policy;
  const message = `${JSON.stringify(written)} is none of ${ON_DEP_FAILURE.join(', ')}`;
  return texts.fault('policy_unknown', 'onDepFailure', message, 'Use one of these, or none.');
}
