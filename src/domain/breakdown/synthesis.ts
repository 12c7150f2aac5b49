import type { TaskStatus } from '../status.ts';

/** What a breakdown came to, told by nothing but what is stored. */
export type Verdict =
  /** Every subtask is completed. */
  | 'completed'
  /** Nothing is open any more, but not everything was completed. */
  | 'ended_incomplete'
  /** Something runs, or can run by itself. */
  | 'in_progress'
  /** Something is open, and nothing of it goes on without somebody doing something. */
  | 'stuck'
  | 'empty';

export interface SynthesizedTask {
  readonly taskId: string;
  readonly title: string;
  readonly specialistType: string | null;
  readonly status: TaskStatus;
  /** The status; of a queued task whether it is ready, delayed or blocked. */
  readonly state: string;
  /** Why it is where it is, in a sentence. */
  readonly why: string;
  /** Task ids that it waits for. */
  readonly waitsFor: readonly string[];
  readonly resultSummary: string | null;
  /** The work in full, as its agent told it. */
  readonly detailedWork: string | null;
  readonly error: string | null;
  readonly artifacts: readonly {
    readonly artifactId: string;
    readonly name: string;
    readonly kind: string;
    readonly bytes: number;
    readonly state: 'open' | 'complete';
  }[];
}

export interface SynthesisFacts {
  readonly parentTaskId: string;
  readonly title: string;
  readonly archived: boolean;
  readonly total: number;
  readonly counts: Readonly<Record<TaskStatus, number>>;
  readonly ready: number;
  readonly delayed: number;
  readonly blocked: number;
  /** What a person should look at, of the whole breakdown: failed, waiting. */
  readonly attention: readonly Pick<SynthesizedTask, 'taskId' | 'title' | 'status' | 'why'>[];
}

type Counted = Pick<SynthesisFacts, 'total' | 'counts' | 'ready' | 'delayed'>;

export function verdictOf({ total, counts, ready, delayed }: Counted): Verdict {
  if (total === 0) return 'empty';
  if (counts.completed === total) return 'completed';
  if (counts.running > 0 || ready > 0 || delayed > 0) return 'in_progress';
  return counts.queued + counts.waiting > 0 ? 'stuck' : 'ended_incomplete';
}

/** One sentence that says no more than is so. */
export function headlineOf(facts: SynthesisFacts): string {
  const { total, counts } = facts;
  const parts = [
    ...PARTS.map(([status, word]) => [counts[status], word] as const),
    ...[[facts.ready, 'ready'] as const, [facts.delayed, 'delayed'] as const],
    [facts.blocked, 'blocked'] as const,
  ].filter(([n]) => n > 0);
  const told = parts.map(([n, word]) => `${n} ${word}`).join(', ');
  switch (verdictOf(facts)) {
    case 'empty':
      return 'It has no subtask.';
    case 'completed':
      return total === 1
        ? 'Its only subtask is completed.'
        : `All ${total} subtasks are completed.`;
    case 'ended_incomplete':
      return `It is over, and not all of it was done: of ${total} subtasks ${told}.`;
    case 'in_progress':
      return `It is not done: of ${total} subtasks ${told}.`;
    case 'stuck':
      return `It is not done, and nothing goes on by itself: of ${total} subtasks ${told}.`;
  }
}

const PARTS: readonly (readonly [TaskStatus, string])[] = [
  ['completed', 'completed'],
  ['running', 'running'],
  ['waiting', 'waiting for an answer'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['cancelled', 'cancelled'],
];
