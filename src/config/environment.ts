/** The environment of this process, as it was when asked: the one place that reads it. */
export function environment(): Readonly<Record<string, string>> {
  const entries = Object.entries(process.env).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}
