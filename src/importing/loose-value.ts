/** Values of files that any program or person may have written: read for what they mean. */
export type LooseRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is LooseRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value parsed from JSON text, or the parser's complaint. */
export type ParsedText =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

export function parseJson(text: string): ParsedText {
  try {
    return {
      ok: true,
      value: JSON.parse(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text),
    };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** The text of a scalar; null for nothing, for blanks and for what is no scalar. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value.trim() === '' ? null : value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') {
    return String(value);
  }
  return null;
}

/** The same, where a structure is told as JSON rather than lost. */
export function anyTextOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) && value.length === 0) return null;
  if (isRecord(value) && Object.keys(value).length === 0) return null;
  return textOf(value) ?? (typeof value === 'object' ? JSON.stringify(value) : null);
}

/**
 * Texts, however they were written: a list, a bare text, lines, or any of these as JSON in a text.
 */
export function textsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => anyTextOf(one)?.trim() ?? []);
  const text = anyTextOf(value)?.trim() ?? null;
  if (text === null) return [];
  if (typeof value === 'string' && /^[[{"]/.test(text)) {
    const parsed = parseJson(text);
    if (parsed.ok && parsed.value !== value) return textsOf(parsed.value);
  }
  return text.split(/\r?\n/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

/** A structure that may be JSON in a text, and that once more. */
export function recordOf(value: unknown): LooseRecord | null {
  let now = value;
  for (let depth = 0; depth < NESTING_MAX && typeof now === 'string'; depth += 1) {
    const parsed = parseJson(now);
    if (!parsed.ok) return null;
    now = parsed.value;
  }
  return isRecord(now) ? now : null;
}

const NESTING_MAX = 4;

/** Keys of a record that a reader has no use for, as texts, so that nothing is lost. */
export function otherFields(
  record: LooseRecord,
  known: ReadonlySet<string>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([key, value]) => {
      const text = known.has(key) ? null : anyTextOf(value);
      return text === null ? [] : [[key, text] as const];
    }),
  );
}
