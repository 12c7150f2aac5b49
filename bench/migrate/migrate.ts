import type { Figure, Section } from '../figure.ts';
import { Scratch } from '../scratch.ts';
import { detection } from './detection.ts';
import { ROWS, rebuild } from './rebuild.ts';

/** What a start costs when there is nothing to migrate, and a migration when there is. */
export const migration: Section = {
  name: 'migrate',
  title: 'Migrating a database',
  about: [
    'A store whose mark is up to date is recognised by three numbers, on the connection that was',
    'opened anyway. Where the mark is not, the whole schema is read and compared with the declared',
    'one: each table here has two indexes, and every second one a view and a trigger. The rebuild',
    `changes a default of a table of ${ROWS.toLocaleString('en-US')} rows with two indexes. Beside`,
    'it: one `INSERT ... SELECT` into an empty table, then the same indexes (into a table that has',
    'them already it takes much longer: once, for information). The backup is copied, flushed,',
    'checked by `quick_check` and compared with what it copies; beside it, a copy of the file, an',
    '`fsync` and a `quick_check`. Rounds alternate; medians.',
  ].join('\n'),
  run: async (note) => {
    const scratch = new Scratch();
    try {
      const figures: Figure[] = [];
      for (const tables of [10, 60, 300]) {
        note(`detection with ${tables} tables`);
        figures.push(...(await detection(scratch.folder(), tables)));
      }
      figures.push(...(await rebuild(scratch, note)));
      return figures;
    } finally {
      scratch.remove();
    }
  },
};
