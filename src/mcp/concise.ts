/** Most characters of one answer: the tightest client cuts at about twelve thousand. */
export const ANSWER_CHARS_MAX = 10_000;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Ever harder limits, until what is to be said fits. The last one leaves nothing. */
const STEPS = [
  { text: 4_000, items: 200 },
  { text: 2_000, items: 100 },
  { text: 1_000, items: 50 },
  { text: 400, items: 25 },
  { text: 200, items: 12 },
  { text: 100, items: 6 },
  { text: 60, items: 3 },
  { text: 20, items: 1 },
  { text: 0, items: 0 },
] as const;

/**
 * An answer as it is sent: without what is null, undefined or an empty list or object, and so short
 * that every client shows it whole. What had to be cut says how much is missing.
 */
export function concise(answer: object, max = ANSWER_CHARS_MAX): Readonly<Record<string, Json>> {
  const whole = compact(JSON.parse(JSON.stringify(answer)) as Json) as Record<string, Json>;
  if (lengthOf(whole) <= max) return whole;
  for (const step of STEPS) {
    const cut = { ...(shorten(whole, step) as Record<string, Json>), truncated: true };
    if (lengthOf(cut) <= max) return cut;
  }
  return { truncated: true };
}

export function lengthOf(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}

function compact(value: Json): Json {
  if (isList(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, compact(one)] as const)
      .filter(([, one]) => !isNothing(one)),
  );
}

function isNothing(value: Json): boolean {
  if (value === null) return true;
  if (isList(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function shorten(value: Json, step: (typeof STEPS)[number]): Json {
  if (typeof value === 'string') return shortText(value, step.text);
  if (isList(value)) {
    const kept = value.slice(0, step.items).map((one) => shorten(one, step));
    const missing = value.length - kept.length;
    return missing === 0 ? kept : [...kept, `… ${missing} more`];
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).slice(0, step.items);
  return Object.fromEntries(entries.map(([key, one]) => [key, shorten(one, step)]));
}

/** Cut where no character is torn, and say how much is missing. */
export function shortText(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 1)) ? max - 1 : max;
  return `${text.slice(0, Math.max(end, 0))}… (${text.length - end} characters more)`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
