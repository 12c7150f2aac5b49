import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LibraryBench } from '../../../test/support/library-bench.ts';

const bench = new LibraryBench();
beforeEach(() => bench.begin());
afterEach(() => bench.clear());

const MOST = '9223372036854775807';
const NEXT_TO_MOST = '9223372036854775806';

describe('rows with numbers that JavaScript does not have', () => {
  it('stand in the way by their digits, and what refers to nothing is looked at', async () => {
    bench.change(`PRAGMA foreign_keys = OFF;
      UPDATE book SET title = '', id = ${MOST} WHERE id = 3;
      UPDATE loan SET id = ${NEXT_TO_MOST} WHERE book_id = 3;`);
    await expect(bench.run()).rejects.toMatchObject({
      code: 'migration_refused',
      details: { obstacles: [{ code: 'rows_in_the_way', rows: [{ id: MOST }] }] },
    });
    bench.change("UPDATE book SET title = 'found' WHERE title = ''");
    expect(await bench.run()).toMatchObject({ kind: 'applied' });
  });
});
