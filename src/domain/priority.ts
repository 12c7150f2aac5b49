export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const DEFAULT_PRIORITY: Priority = 'P2';

/** What a priority was read as, and whether that reading was a guess worth a finding. */
export interface PriorityReading {
  readonly priority: Priority;
  readonly reading: 'exact' | 'p0' | 'word' | 'guessed';
}

const WORDS: Readonly<Record<string, Priority>> = {
  critical: 'P1',
  urgent: 'P1',
  blocker: 'P1',
  highest: 'P1',
  high: 'P1',
  medium: 'P2',
  normal: 'P2',
  med: 'P2',
  low: 'P3',
  lowest: 'P4',
  trivial: 'P4',
};

/** Read a priority as people write it. Nothing or nonsense is P2, and says so. */
export function readPriority(text: string): PriorityReading {
  const word = text.trim().toLowerCase();
  const upper = word.toUpperCase();
  if ((PRIORITIES as readonly string[]).includes(upper)) {
    return { priority: upper as Priority, reading: 'exact' };
  }
  if (upper === 'P0') return { priority: 'P1', reading: 'p0' };
  const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  if (known !== undefined) return { priority: known, reading: 'word' };
  return { priority: DEFAULT_PRIORITY, reading: 'guessed' };
}

/** 1 for P1 .. 4 for P4: smaller runs first. */
export function priorityOrder(priority: Priority): number {
  return PRIORITIES.indexOf(priority) + 1;
}
