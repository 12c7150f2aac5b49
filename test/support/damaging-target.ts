import type { CopyTarget } from '../../src/store/copy/copy-port.ts';

/** A target whose disk, say, keeps one value of one row of a table wrongly. */
export function damaging(target: CopyTarget, table: string, row: number): CopyTarget {
  let seen = 0;
  return {
    location: target.location,
    makeTables: (tables) => target.makeTables(tables),
    insert: async (into, rows) => {
      const first = seen;
      if (into.name === table) seen += rows.length;
      const wrong = rows.map((values, at) =>
        into.name === table && first + at === row
          ? values.map((value, column) =>
              into.columns[column]?.name === 'description' ? `${value}?` : value,
            )
          : values,
      );
      await target.insert(into, wrong);
    },
    pages: (one) => target.pages(one),
    complete: (counters, after) => target.complete(counters, after),
    publish: () => target.publish(),
  };
}
