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
    const consumed = isLast ? bytes.length : longest(bytes, { chars: all.length, isLast: true });
    return { text: all, consumed };
  }
  const text = decode(bytes.subarray(0, longest(bytes, { chars: charsMax, isLast: false })), false);
  // Without the bytes behind it that were needed to tell that it ends there.
  return { text, consumed: longest(bytes, { chars: text.length, isLast: true }) };
}

function decode(bytes: Uint8Array, isLast: boolean): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: !isLast });
}

/**
 * The longest prefix whose text has no more than so many characters. A text never gets shorter as
 * its bytes get more, so it is found by halving.
 */
function longest(
  bytes: Uint8Array,
  { chars, isLast }: { readonly chars: number; readonly isLast: boolean },
): number {
  let [fits, tooLong] = [0, bytes.length + 1];
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (decode(bytes.subarray(0, middle), isLast).length <= chars) fits = middle;
    else tooLong = middle;
  }
  return fits;
}
