/** Types of values that a set can be made of, by the number under which the server knows them. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [20, 'bigint'],
  [25, 'text'],
]);

/** The column of a set's answer that says whose row it is: the place in the set, from 1 on. */
export const PLACE = 'place';

/**
 * A statement as one over a set, whose values are an array for each of its values; null where there
 * is none. `text` is a statement of this database with the values `$1`, `$2` ..., each named once,
 * in this order; `types` are theirs.
 *
 * A question's rows have the column `PLACE` last, and come place by place. A change gives one row
 * with that column for each row that it changed; an insert gives none, because it never refuses.
 */
export function setForm(text: string, types: readonly number[]): string | null {
  const names = types.map((type) => TYPES.get(type));
  if (names.length === 0 || names.includes(undefined)) return null;
  // Whoever locks what it finds lets the next one find something else.
  if (text.includes('FOR UPDATE')) return null;
  const said = text.replace(/\$(\d+)/g, 'b.v$1');
  const columns = types.map((_, at) => `v${at + 1}`).join(', ');
  const arrays = names.map((name, at) => `$${at + 1}::${name}[]`).join(', ');
  const set = `unnest(${arrays}) WITH ORDINALITY AS b(${columns}, ${PLACE})`;
  if (said.startsWith('SELECT ')) {
    return `SELECT s.*, b.${PLACE} FROM ${set}, LATERAL (${said}) s ORDER BY b.${PLACE}`;
  }
  const values = /^(INSERT INTO [^;]*?) VALUES \((.*)\)$/.exec(said);
  if (values !== null) return `${values[1]} SELECT ${values[2]} FROM ${set} ORDER BY b.${PLACE}`;
  const where = said.startsWith('UPDATE ') ? ownWhere(said) : -1;
  if (where < 0) return null;
  return `${said.slice(0, where)} FROM ${set}${said.slice(where)} RETURNING b.${PLACE}`;
}

/** Where the condition of the statement itself begins: not that of a question within it. */
function ownWhere(said: string): number {
  let depth = 0;
  for (const { 0: token, index } of said.matchAll(/'(?:[^']|'')*'|[()]| WHERE /g)) {
    if (token === '(') depth += 1;
    else if (token === ')') depth -= 1;
    else if (token === ' WHERE ' && depth === 0) return index;
  }
  return -1;
}

/**
 * A change as a question that fails, as a division by zero, unless it changes as many rows as its
 * last value says: so what stands behind it in the same message, a COMMIT, is not done, either.
 */
export function orFail(text: string, values: number): string {
  const change = text.includes(' RETURNING ') ? text : `${text} RETURNING 1`;
  const wanted = `CAST($${values + 1} AS bigint)`;
  return `WITH done AS (${change}) SELECT 1 / (count(*) / ${wanted}) AS done FROM done`;
}

/** The SQLSTATE of that failure. */
export const UNMET = '22012';
