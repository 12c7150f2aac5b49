import { describe, expect, it } from 'vitest';
import { durationText, readDuration } from './duration.ts';

describe('durations', () => {
  it.each([
    ['20m', 1_200_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['90s', 90_000],
    ['1.5 h', 5_400_000],
    ['5 min', 300_000],
    ['2d', 172_800_000],
    ['0', 0],
    ['5000', null],
    ['30', null],
    ['', null],
    ['soon', null],
    ['5 apples', null],
    ['-5s', null],
    ['1.5', null],
  ])('%j is read as %j ms', (text, ms) => {
    expect(readDuration(text)).toBe(ms);
  });

  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [59_499, '59 s'],
    [59_999, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [356_400_000, '4 d 3 h'],
  ])('%j ms is said as %j', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
