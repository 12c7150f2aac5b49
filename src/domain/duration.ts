const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  sec: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * Read `20m`, `1h30m`, `500ms` or `90s`; null when it is none of these. A number without a unit is
 * none: some would mean seconds by it, some milliseconds. Only 0 needs none.
 */
export function readDuration(text: string): number | null {
  const compact = text.trim().toLowerCase().replaceAll(' ', '');
  if (compact === '0') return 0;
  const parts = [...compact.matchAll(/(\d+(?:\.\d+)?)(ms|sec|s|min|m|h|d)/g)];
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== compact) return null;
  const total = parts.reduce(
    (sum, part) => sum + Number(part[1]) * (UNITS[part[2] as string] as number),
    0,
  );
  return Math.round(total);
}

/** A duration for people: `850 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function durationText(ms: number): string {
  if (Math.round(ms) < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return pair(minutes, 'min', seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'min');
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
