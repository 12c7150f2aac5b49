import type { CopyArea } from '../../src/store/copy/copy-area.ts';
import type { CopyTarget } from '../../src/store/copy/copy-port.ts';

/** A target that does its work on an area which does something else. */
export function withArea(target: CopyTarget, other: Partial<CopyArea>): CopyTarget {
  const { area } = target;
  return {
    location: target.location,
    area: {
      begin: (wanted) => area.begin(wanted),
      page: (table, after, count) => area.page(table, after, count),
      write: (table, change) => area.write(table, change),
      discard: () => area.discard(),
      ...other,
    },
    make: (tables) => target.make(tables),
    pages: (one) => target.pages(one),
    complete: (counters, after) => target.complete(counters, after),
    publish: () => target.publish(),
  };
}

/** A target whose disk, say, keeps one value of one row of a table wrongly. */
export function damaging(target: CopyTarget, table: string, row: number): CopyTarget {
  let seen = 0;
  return withArea(target, {
    write: async (into, { put, remove }) => {
      const first = seen;
      if (into.name === table) seen += put.length;
      const wrong = put.map((values, at) =>
        into.name === table && first + at === row
          ? values.map((value, column) =>
              into.columns[column]?.name === 'description' ? `${value}?` : value,
            )
          : values,
      );
      await target.area.write(into, { put: wrong, remove });
    },
  });
}
