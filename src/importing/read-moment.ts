/**
 * A moment as other programs write it, in milliseconds UTC: ISO or SQL text with any number of
 * decimals, or seconds or milliseconds since 1970. Null when it is none. `zone` is that of a text
 * which names none: older stores hold the time of day of their host in one column, and UTC in the
 * next.
 */
export function readMoment(value: unknown, zone: 'local' | 'utc'): number | null {
  if (typeof value === 'number' || typeof value === 'bigint') return fromNumber(Number(value));
  if (typeof value !== 'string') return null;
  const match = MOMENT.exec(value.trim());
  if (match === null) return null;
  const [, year, month, day, hour = '0', minute = '0', second = '0', decimals = '', offset] = match;
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = [
    ...[year, month, day, hour, minute, second],
  ].map(Number);
  const ms = Number(decimals.padEnd(3, '0').slice(0, 3));
  const utc = Date.UTC(y, mo - 1, d, h, mi, s, ms);
  const told = new Date(utc);
  const isReal = told.getUTCMonth() === mo - 1 && told.getUTCDate() === d && h < 24 && mi < 60;
  if (!isReal || s > 60 || y < EARLIEST_YEAR) return null;
  if (offset !== undefined) return utc - offsetMs(offset);
  return zone === 'utc' ? utc : new Date(y, mo - 1, d, h, mi, s, ms).getTime();
}

const EARLIEST_YEAR = 1970;
const DAY = String.raw`(\d{4})-(\d\d)-(\d\d)`;
const TIME = String.raw`(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?`;
const MOMENT = new RegExp(String.raw`^${DAY}${TIME}\s*(Z|z|[+-]\d\d:?\d\d)?$`);

/** Above this a number cannot be seconds: it would be the year 5138. */
const SECONDS_MAX = 1e11;
const LATEST_MS = 253_402_300_799_999;

function fromNumber(value: number): number | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  const ms = Math.trunc(value < SECONDS_MAX ? value * 1000 : value);
  return ms > LATEST_MS ? null : ms;
}

function offsetMs(offset: string): number {
  if (offset.toUpperCase() === 'Z') return 0;
  const [hours, minutes] = [offset.slice(1, 3), offset.slice(-2)].map(Number) as [number, number];
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
