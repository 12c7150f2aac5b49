import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthOf } from './concise.ts';
import { cursorOf, pageOf, readCursor } from './cursor.ts';

describe('a page', () => {
  it('follows on the one before until every item was shown once', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 400 })), (items) => {
        const shown: string[] = [];
        for (let at = 0; at < items.length; ) {
          const { items: page, taken } = pageOf(items.slice(at), 500);
          expect(taken).toBeGreaterThan(0);
          expect(page.length === 1 || lengthOf(page) <= 502).toBe(true);
          shown.push(...page);
          at += taken;
        }
        expect(shown).toEqual(items);
      }),
    );
  });

  it('is asked for by a cursor that reads back as what it was made of', () => {
    const key = { list: 'a', position: 3 };
    expect(readCursor(cursorOf(key), (read) => read)).toEqual(key);
    expect(readCursor(undefined, () => 'never')).toBeNull();
  });

  it.each(['', 'nonsense', '!!!', Buffer.from('null').toString('base64url')])(
    'is refused for the cursor %j that nobody was given',
    (cursor) => {
      const read = (key: unknown) => (typeof key === 'object' ? key : null);
      expect(() => readCursor(cursor, read)).toThrow(
        expect.objectContaining({ code: 'cursor_invalid' }),
      );
    },
  );
});
