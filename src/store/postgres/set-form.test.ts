import { describe, expect, it } from 'vitest';
import { arrayText } from './array-text.ts';
import { orFail, setForm } from './set-form.ts';

const TEXT = 25;
const BIGINT = 20;

describe('a statement as one over a set', () => {
  it('takes the values of an insert from arrays', () => {
    expect(setForm('INSERT INTO e (a, b) VALUES ($1, $2)', [TEXT, BIGINT])).toBe(
      'INSERT INTO e (a, b) SELECT b.v1, b.v2 FROM unnest($1::text[], $2::bigint[]) ' +
        'WITH ORDINALITY AS b(v1, v2, place) ORDER BY b.place',
    );
  });

  it('says which rows a change changed', () => {
    expect(setForm('UPDATE t SET a = coalesce($1, a) WHERE id = $2', [TEXT, TEXT])).toBe(
      'UPDATE t SET a = coalesce(b.v1, a) FROM unnest($1::text[], $2::text[]) ' +
        'WITH ORDINALITY AS b(v1, v2, place) WHERE id = b.v2 RETURNING b.place',
    );
  });

  it('is led by its own condition, not by one of a question within it', () => {
    const counted = "(SELECT count(*) FROM d WHERE d.x = t.id AND note <> ' WHERE (')";
    expect(setForm(`UPDATE t SET a = ${counted} WHERE id = $1`, [TEXT])).toBe(
      `UPDATE t SET a = ${counted} FROM unnest($1::text[]) WITH ORDINALITY AS b(v1, place) ` +
        'WHERE id = b.v1 RETURNING b.place',
    );
    expect(setForm(`UPDATE t SET a = ${counted}, b = $1`, [TEXT])).toBeNull();
  });

  it('asks a question once for each', () => {
    expect(setForm('SELECT a FROM t WHERE id = $1', [TEXT])).toBe(
      'SELECT s.*, b.place FROM unnest($1::text[]) WITH ORDINALITY AS b(v1, place), ' +
        'LATERAL (SELECT a FROM t WHERE id = b.v1) s ORDER BY b.place',
    );
  });

  it.each([
    ['without values', 'SELECT 1', []],
    ['with values of another type', 'SELECT a FROM t WHERE id = $1', [16]],
    ['that locks what it finds', 'SELECT a FROM t WHERE id = $1 FOR UPDATE', [TEXT]],
    ['that may not insert', 'INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING', [TEXT]],
    ['of another kind', 'DELETE FROM t WHERE id = $1', [TEXT]],
  ])('has none for one %s', (_name, text, types) => {
    expect(setForm(text, types)).toBeNull();
  });

  it('or fails, as a question about what it changed', () => {
    expect(orFail('UPDATE t SET a = 1 WHERE id = $1', 1)).toBe(
      'WITH done AS (UPDATE t SET a = 1 WHERE id = $1 RETURNING 1) ' +
        'SELECT 1 / (count(*) / CAST($2 AS bigint)) AS done FROM done',
    );
  });
});

it('values are members of an array as the server reads them', () => {
  expect(arrayText([null, 7, 'a', '', 'NULL', 'a "b" \\ {c}, d'])).toBe(
    '{NULL,7,"a","","NULL","a \\"b\\" \\\\ {c}, d"}',
  );
});
