export interface DecodedText {
  readonly text: string;
  /** Bytes that the text stands for: what follows begins there. */
  readonly consumed: number;
}

/**
 * The start of `bytes` as UTF-8 text of at most `charsMax` UTF-16 units (at least 2), never half a
 * character. `isLast` says that nothing follows these bytes; otherwise a character that is cut off
 * at their end is left for the next call. What is no UTF-8 becomes U+FFFD, and is consumed.
 */
export function decodeText(
  bytes: Uint8Array,
  { charsMax, isLast }: { readonly charsMax: number; readonly isLast: boolean },
): DecodedText {
  const all = decode(bytes, isLast);
  if (all.length <= charsMax) {
    return { text: all, consumed: isLast ? bytes.length : shortest(bytes, all.length) };
  }
  // The longest prefix that is short enough, without what of it is half a character.
  const text = decode(bytes.subarray(0, longest(bytes, charsMax)), false);
  return { text, consumed: shortest(bytes, text.length) };
}

function decode(bytes: Uint8Array, isLast: boolean): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: !isLast });
}

/** The length of a prefix's text never falls as the prefix grows, so halving finds both ends. */
function longest(bytes: Uint8Array, charsMax: number): number {
  let [fits, tooLong] = [0, bytes.length + 1];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (decode(bytes.subarray(0, middle), false).length <= charsMax) fits = middle;
    else tooLong = middle;
  }
  return fits;
}

function shortest(bytes: Uint8Array, chars: number): number {
  let [tooShort, enough] = [-1, bytes.length];
  while (enough - tooShort > 1) {
    const middle = (tooShort + enough) >> 1;
    if (decode(bytes.subarray(0, middle), false).length >= chars) enough = middle;
    else tooShort = middle;
  }
  return enough;
}
