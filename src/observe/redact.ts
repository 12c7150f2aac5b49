/** What stands where a secret stood. */
export const REDACTED = '[redacted]';

/**
 * A text without what looks like a secret: known forms of tokens, `Authorization` values, values
 * of names such as `API_KEY=` and `--password`, passwords in URLs, private keys. It errs on the
 * side of taking too much away; no repetition is nested, so a hostile text costs linear time.
 */
export function redactText(text: string): string {
  return PATTERNS.reduce((rest, { pattern, by }) => rest.replace(pattern, by), text);
}

/** A value fit for the log: secrets out by name and by content, sizes bounded, no cycles. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(shorten(value));
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
  }
  if (depth >= DEPTH_MAX) return '[deeper]';
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (Array.isArray(value)) {
    const kept = value.slice(0, ENTRIES_MAX).map((entry) => redactValue(entry, depth + 1));
    return value.length > ENTRIES_MAX ? [...kept, `[${value.length - ENTRIES_MAX} more]`] : kept;
  }
  const entries = Object.entries(value).slice(0, ENTRIES_MAX);
  return Object.fromEntries(
    entries.map(([name, entry]) => [
      name,
      isSecretName(name) && typeof entry !== 'number' && typeof entry !== 'boolean'
        ? REDACTED
        : redactValue(entry, depth + 1),
    ]),
  );
}

const TEXT_MAX = 8_192;
const ENTRIES_MAX = 200;
const DEPTH_MAX = 6;

function shorten(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)} [${text.length} characters]`;
}

const SECRETS =
  '(?:authorization|credential|passphrase|passw(?:or)?d|secret|token|' +
  '(?:api|private|access)[_-]?key)';
const SECRET_NAME = new RegExp(`(?:${SECRETS}|cookie)s?$`, 'i');

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** A name that holds a secret, as it is written before `=` or `:`. */
const NAME = `[\\w.-]{0,64}${SECRETS}[\\w.-]{0,32}`;
const VALUE = '(?:"[^"\\n]{1,4096}"?|\'[^\'\\n]{1,4096}\'?|[^\\s"\',;&]{1,4096})';

const PATTERNS: readonly { readonly pattern: RegExp; readonly by: string }[] = [
  {
    pattern: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,40}-----)?/g,
    by: REDACTED,
  },
  { pattern: /\b(bearer|basic)\s+[\w.~+/=-]{8,4096}/gi, by: `$1 ${REDACTED}` },
  {
    pattern: /([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,256}):[^\s/@]{1,256}@/gi,
    by: `$1:${REDACTED}@`,
  },
  // The form `name=value` or `"name": "value"`; a scheme before the token was dealt with above.
  {
    pattern: new RegExp(
      `\\b(${NAME}["']?\\s{0,4}[=:]\\s{0,4})(?!(?:bearer|basic)\\b)${VALUE}`,
      'gi',
    ),
    by: `$1${REDACTED}`,
  },
  { pattern: new RegExp(`(--${NAME}\\s{1,4})(?!-)${VALUE}`, 'gi'), by: `$1${REDACTED}` },
  // Prefixes that issuers chose so that leaked tokens can be found.
  {
    pattern: /\b(?:sk|pk|rk)[-_][\w-]{16,512}|\bglpat-[\w-]{16,255}|\bxox[a-z]-[\w-]{10,255}/g,
    by: REDACTED,
  },
  { pattern: /\b(?:gh[opsur]|github_pat|npm|hf)_\w{20,255}/g, by: REDACTED },
  {
    pattern: /\bA[KS]IA[0-9A-Z]{16}\b|\bAIza[\w-]{30,64}|\bya29\.[\w-]{20,512}/g,
    by: REDACTED,
  },
  { pattern: /\beyJ[\w-]{8,4096}\.[\w-]{4,8192}\.[\w-]{0,1024}/g, by: REDACTED },
];
