export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const DEFAULT_PRIORITY: Priority = 'P2';

/** What a priority was read as, and whether that reading was a guess worth a finding. */
export interface PriorityReading {
  readonly priority: Priority;
  readonly reading: 'exact' | 'p0' | 'word' | 'guessed';
}

const NAMES: Readonly<Record<Priority, readonly string[]>> = {
  P1: [
    ...['critical', 'urgent', 'blocker', 'highest', 'high', 'must', '🔴', '🟠'],
    ...['kritisch', 'hoch', 'crítica', 'crítico', 'alta', 'alto', 'critique', 'haute'],
    ...['критический', 'высокий', '紧急', '緊急', '最高', '高', '높음'],
  ],
  P2: [
    ...['medium', 'normal', 'med', 'should', '🟡', 'mittel', 'media', 'média', 'médio'],
    ...['moyenne', 'средний', '中', '보통'],
  ],
  P3: [
    ...['low', 'minor', 'could', '🟢', '🔵', '⚪', 'niedrig', 'baja', 'baixa', 'baixo', 'basse'],
    ...['низкий', '低', '낮음'],
  ],
  P4: ['lowest', 'trivial', '最低'],
};

const PRIORITY_OF: ReadonlyMap<string, Priority> = new Map(
  PRIORITIES.flatMap((priority) => NAMES[priority].map((name) => [name, priority] as const)),
);

/** Read a priority as people write it. Nothing or nonsense is P2, and says so. */
export function readPriority(text: string): PriorityReading {
  const word = text.trim().toLowerCase().normalize('NFC');
  const upper = word.toUpperCase();
  if ((PRIORITIES as readonly string[]).includes(upper)) {
    return { priority: upper as Priority, reading: 'exact' };
  }
  if (upper === 'P0') return { priority: 'P1', reading: 'p0' };
  const known = PRIORITY_OF.get(word);
  if (known !== undefined) return { priority: known, reading: 'word' };
  return { priority: DEFAULT_PRIORITY, reading: 'guessed' };
}

/** 1 for P1 .. 4 for P4: smaller runs first. */
export function priorityOrder(priority: Priority): number {
  return PRIORITIES.indexOf(priority) + 1;
}
