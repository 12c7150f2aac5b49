import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from './decode-text.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Read as a caller would: pieces from the offset that the last one ended with. */
function readAll(bytes: Uint8Array, charsMax: number, rangeBytes: number): readonly string[] {
  const pieces: string[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const range = bytes.subarray(offset, offset + rangeBytes);
    const isLast = offset + range.length === bytes.length;
    const { text, consumed } = decodeText(range, { charsMax, isLast });
    if (consumed === 0) throw new Error('it does not go on');
    pieces.push(text);
    offset += consumed;
  }
  return pieces;
}

describe('text of a range', () => {
  it('is cut between characters, never within one', () => {
    const bytes = encode('aä€😀z');
    const cut = (charsMax: number) => decodeText(bytes, { charsMax, isLast: true });
    expect(cut(2)).toEqual({ text: 'aä', consumed: 3 });
    expect(cut(3)).toEqual({ text: 'aä€', consumed: 6 });
    expect(cut(4)).toEqual({ text: 'aä€', consumed: 6 });
    expect(cut(5)).toEqual({ text: 'aä€😀', consumed: 10 });
    expect(cut(6)).toEqual({ text: 'aä€😀z', consumed: 11 });
  });

  it('leaves what is cut off at the end of a range for the next one', () => {
    const bytes = encode('a😀');
    const first = decodeText(bytes.subarray(0, 3), { charsMax: 10, isLast: false });
    expect(first).toEqual({ text: 'a', consumed: 1 });
    const last = decodeText(bytes.subarray(0, 3), { charsMax: 10, isLast: true });
    expect(last).toEqual({ text: 'a\uFFFD', consumed: 3 });
  });

  it('joined again is the text that any bytes stand for, whatever the sizes', () => {
    const anyBytes = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }).map(encode),
      fc.uint8Array({ maxLength: 80 }),
    );
    const sizes = [fc.integer({ min: 2, max: 20 }), fc.integer({ min: 12, max: 40 })] as const;
    fc.assert(
      fc.property(anyBytes, ...sizes, (bytes, charsMax, rangeBytes) => {
        const pieces = readAll(bytes, charsMax, rangeBytes);
        const whole = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        expect(pieces.join('')).toBe(whole);
        expect(pieces.every((piece) => piece.length <= charsMax)).toBe(true);
        expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
      }),
    );
  });
});
