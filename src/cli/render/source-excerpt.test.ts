import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sourceExcerpt } from './source-excerpt.ts';
import { textWidth } from './text-width.ts';

/** The columns above the underline. */
function marked(line: string, column: number, length: number, width = 80): string {
  const { text, indent, underline } = sourceExcerpt(line, { column, length }, width);
  let at = 0;
  return [...text]
    .filter((character) => {
      const begins = at;
      at += textWidth(character);
      return begins >= indent && begins < indent + underline;
    })
    .join('');
}

describe('the line that a finding is about', () => {
  it.each([
    ['plain text', '| B | X-9 |', 'X-9'],
    ['tabs', '\t|\tX-9\t|', 'X-9'],
    ['wide characters', '| 日本語 | X-9 |', 'X-9'],
    ['pictures', '| ✅ 🎉 | X-9 |', 'X-9'],
    ['combining characters', '| cafe\u0301s | X-9 |', 'X-9'],
    ['something wide itself', '| a | 日本 |', '日本'],
  ])('is underlined at the right place after %s', (_name, line, meant) => {
    expect(marked(line, line.indexOf(meant) + 1, meant.length)).toBe(meant);
  });

  it('is cut round the place where it is too long', () => {
    const line = `${'x'.repeat(300)} X-9 ${'y'.repeat(300)}`;
    const { text } = sourceExcerpt(line, { column: 302, length: 3 }, 60);
    expect(text).toMatch(/^…x+ X-9 y+…$/);
    expect(textWidth(text)).toBe(60);
    expect(marked(line, 302, 3, 60)).toBe('X-9');
  });

  it('shows the beginning of what is meant where that is longer than the terminal', () => {
    const line = `| ${'z'.repeat(5_000)} |`;
    const { text, underline } = sourceExcerpt(line, { column: 3, length: 5_000 }, 40);
    expect(text).toBe(`| ${'z'.repeat(37)}…`);
    expect(underline).toBe(37);
  });

  it('cannot steer the terminal, nor turn the direction of text', () => {
    const { text } = sourceExcerpt('a\u001b[31m\u202eb\u0007', { column: 1, length: 1 }, 80);
    expect(text).toBe('a\ufffd[31m\ufffdb\ufffd');
  });

  it('costs no more for a million characters', () => {
    const line = '|'.repeat(1_000_000);
    const shown = sourceExcerpt(line, { column: 500_000, length: 400_000 }, 80);
    expect(textWidth(shown.text)).toBe(80);
  });

  it('always fits, and its underline lies within it', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 300 });
    const property = fc.property(
      texts,
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 20, max: 120 }),
      (line, column, length, width) => {
        const { text, indent, underline } = sourceExcerpt(line, { column, length }, width);
        expect(textWidth(text)).toBeLessThanOrEqual(width);
        expect(indent + underline).toBeLessThanOrEqual(width + 1);
        expect(underline).toBeGreaterThanOrEqual(1);
      },
    );
    fc.assert(property);
  });
});
