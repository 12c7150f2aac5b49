import { RE2JS, RE2JSException } from 're2js';

/** A regular expression that takes no longer than its text is long, whatever it is. */
export interface Pattern {
  /** Whether the text matches from its beginning; it need not match to its end. */
  matches(text: string): boolean;
}

export type ReadPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string };

const PATTERN_LENGTH_MAX = 200;
/** Steps of its program: each of them may be tried at each character. */
const STEPS_MAX = 1_100;

/** Longer texts match no pattern. */
export const MATCHED_LENGTH_MAX = 1_000;

/**
 * Read a pattern of a template. Patterns come from files and are tried on what callers say, so that
 * one which backtracks could stop the whole process: RE2 does not. What it does grows with the text
 * times the pattern with its repetitions written out, so that these are limited, too. Look-around
 * and references back are refused, as it has none.
 */
export function readPattern(source: string): ReadPattern {
  if (source.length > PATTERN_LENGTH_MAX) {
    return { ok: false, message: `is longer than ${PATTERN_LENGTH_MAX} characters` };
  }
  try {
    // As Python, which the older server was written in, spells the end of a text.
    const compiled = RE2JS.compile(RE2JS.translateRegExp(source.replaceAll('\\Z', '\\z')));
    if (compiled.programSize() > STEPS_MAX) return { ok: false, message: 'repeats too much' };
    return {
      ok: true,
      pattern: {
        matches: (text) => text.length <= MATCHED_LENGTH_MAX && compiled.matcher(text).lookingAt(),
      },
    };
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    return { ok: false, message: `is no regular expression of RE2: ${cause.message}` };
  }
}
