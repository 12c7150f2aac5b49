const DAY_MS = 86_400_000;

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/**
 * A moment as the promised columns hold it: `YYYY-MM-DD HH:MM:SS.SSS`, UTC, so that comparisons
 * with SQLite's `datetime('now')` are right. Days to civil date after H. Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms".
 */
export function timeText(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const inDay = ms - days * DAY_MS;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const seconds = Math.floor(inDay / 1000);
  const millis = String(Math.floor(inDay - seconds * 1000)).padStart(3, '0');
  return (
    `${String(year).padStart(4, '0')}-${two(month)}-${two(day)} ` +
    `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:` +
    `${two(seconds % 60)}.${millis}`
  );
}
