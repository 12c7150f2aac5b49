import { timeText } from './time-text.ts';

const DAY_MS = 86_400_000;

/** A moment for people, UTC: the time alone within a day from now, the date with it beyond. */
export function momentText(ms: number, nowMs: number): string {
  const text = timeText(ms);
  const near = Math.abs(ms - nowMs) < DAY_MS;
  return near ? `${text.slice(11, 19)} UTC` : `${text.slice(0, 16)} UTC`;
}
