import { expect, it } from 'vitest';
import { EACH_ROW, EACH_TEXT, FOR_CLAIM } from '../sql/fragments.ts';
import { portable } from './portable.ts';

it('values are numbered in their order, also those within fragments', () => {
  expect(
    portable(`SELECT a FROM t WHERE b = ? AND c IN (SELECT value FROM ${EACH_TEXT}) LIMIT ?`),
  ).toBe(
    'SELECT a FROM t WHERE b = $1 AND c IN (SELECT value FROM ' +
      'jsonb_array_elements_text(CAST($2 AS jsonb))) LIMIT $3',
  );
  expect(portable(`UPDATE t SET a = ? FROM ${EACH_ROW} b`)).toBe(
    'UPDATE t SET a = $1 FROM jsonb_array_elements(CAST($2 AS jsonb)) b',
  );
});

it('names keep their capitals; strings and quoted names stay as they are', () => {
  expect(portable(`SELECT x AS atMs, 'what? atMs' AS y, "aB" FROM t`)).toBe(
    `SELECT x AS "atMs", 'what? atMs' AS y, "aB" FROM t`,
  );
});

it('rows to be claimed are locked, and locked ones passed over', () => {
  expect(portable(`SELECT a FROM t LIMIT ? + 0 ${FOR_CLAIM}`)).toBe(
    'SELECT a FROM t LIMIT $1 + 0 FOR UPDATE SKIP LOCKED',
  );
});
