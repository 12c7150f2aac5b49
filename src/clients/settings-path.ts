/** Where a value stands in a settings file: the keys from the top to it. */
export type SettingsPath = readonly [string, ...string[]];

/** What stands at a path of parsed settings; undefined where there is nothing. */
export function valueAt(settings: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), settings);
}

/** The same settings with another value at a path; undefined takes the key away. */
export function withValueAt(
  settings: unknown,
  [key, ...rest]: SettingsPath,
  value: unknown,
): Readonly<Record<string, unknown>> {
  const record = isRecord(settings) ? settings : {};
  const [next, ...more] = rest;
  const put = next === undefined ? value : withValueAt(record[key], [next, ...more], value);
  const entries = Object.entries(record);
  if (put === undefined) return Object.fromEntries(entries.filter(([name]) => name !== key));
  const changed = entries.map(([name, old]) => [name, name === key ? put : old] as const);
  const known = entries.some(([name]) => name === key);
  return Object.fromEntries(known ? changed : [...changed, [key, put] as const]);
}

/** An object with keys, and no list, date or text. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The same values for comparing: objects alike whoever made them, with or without empty ones. */
export function plain(
  value: unknown,
  keep: { readonly empty: boolean } = { empty: true },
): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => plain(item, keep));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, plain(inner, keep)] as const);
  const kept = entries.filter(([, inner]) => keep.empty || !isEmpty(inner));
  return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
  return isRecord(value) && Object.keys(value).length === 0;
}
