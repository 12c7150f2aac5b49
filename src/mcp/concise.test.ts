import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANSWER_CHARS_MAX, concise, lengthOf, shortText } from './concise.ts';

const anyAnswer = fc.dictionary(
  fc.string({ minLength: 1 }),
  fc.oneof(
    fc.jsonValue(),
    fc.array(fc.string({ maxLength: 300 }), { maxLength: 200 }),
    fc.string({ maxLength: 20_000, unit: 'binary' }),
    fc.array(fc.dictionary(fc.string(), fc.string({ maxLength: 500 })), { maxLength: 100 }),
  ),
);

const LONE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

describe('an answer', () => {
  it('whatever is to be said, fits what every client shows whole', () => {
    fc.assert(
      fc.property(anyAnswer, (answer) => {
        const said = concise(answer);
        expect(lengthOf(said)).toBeLessThanOrEqual(ANSWER_CHARS_MAX);
        expect(JSON.parse(JSON.stringify(said))).toEqual(said);
      }),
    );
  });

  it('that fits as it is loses only what says nothing', () => {
    const answer = {
      ...{ a: 1, b: false, c: '', d: 0, e: [null, 1] },
      ...{ n: null, u: undefined, l: [], o: {}, deep: { n: null } },
    };
    expect(concise(answer)).toEqual({ a: 1, b: false, c: '', d: 0, e: [null, 1] });
  });

  it('that had to be cut says so, and how much is missing', () => {
    const said = concise({
      text: 'x'.repeat(30_000),
      items: Array.from({ length: 500 }, () => 'y'),
    });
    expect(said['truncated']).toBe(true);
    expect(said['text']).toMatch(/^x+… \(\d+ characters more\)$/);
    expect((said['items'] as readonly string[]).at(-1)).toMatch(/^… \d+ more$/);
  });

  it('is cut where no character is torn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, max) => {
        expect(LONE.test(shortText(text, max))).toBe(false);
      }),
    );
  });
});
