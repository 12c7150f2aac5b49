const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1_024,
  kb: 1_000,
  kib: 1_024,
  m: 1_048_576,
  mb: 1_000_000,
  mib: 1_048_576,
  g: 1_073_741_824,
  gb: 1_000_000_000,
  gib: 1_073_741_824,
};

/** Read `500KiB`, `10 MB`, `1g` or plain bytes; null when it is none of these. */
export function readBytes(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim().toLowerCase()) ?? [];
  const factor = UNITS[unit ?? '?'];
  return amount === undefined || factor === undefined ? null : Math.round(Number(amount) * factor);
}
