import { describe, expect, it } from 'vitest';
import { ERROR_CATALOGUE, type ErrorRule } from '../src/domain/errors.ts';
import { read } from './tidy/repository.ts';

const PAGE = 'docs/reference/errors.md';
const rules: readonly (readonly [string, ErrorRule])[] = Object.entries(ERROR_CATALOGUE);

/** The row of the page for a code, as it must be. */
const rowOf = ([code, { exitCode, retryable, remedy }]: readonly [string, ErrorRule]): string =>
  `| \`${code}\` | ${exitCode} | ${retryable ? 'yes' : ''} | ${remedy} |`;

describe('the catalogue of errors', () => {
  it('has a remedy for each code, as a sentence', () => {
    expect(rules.filter(([, { remedy }]) => !/^\S.{5,}\.$/.test(remedy))).toEqual([]);
  });

  it('names no command that destroys', () => {
    const destroys = /\brm\b|\bdelete\b|\bdrop\b|--force|\btruncate\b|kill -9/i;
    expect(rules.filter(([, { remedy }]) => destroys.test(remedy))).toEqual([]);
  });

  it('is a page, row by row', () => {
    const rows = read(PAGE)
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(rules.map(rowOf));
  });
});
