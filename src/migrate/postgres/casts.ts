/** How the values of one type become those of another, and which of them survive the way. */
export interface Cast {
  /** Of a value, such as a column's quoted name. */
  readonly value: (term: string) => string;
  /** True for a value that is another one after the way there and back; null: none is. */
  readonly isLossy: ((term: string) => string) | null;
}

const WHOLE = '^-?[0-9]{1,18}$';
const REAL = '^-?[0-9]{1,15}(\\.[0-9]{1,15})?(e[-+]?[0-9]{1,2})?$';

const read = (pattern: string, type: string) => (term: string) =>
  `CASE WHEN ${term} ~ '${pattern}' THEN CAST(CAST(${term} AS ${type}) AS text) ` +
  `IS DISTINCT FROM ${term} ELSE ${term} IS NOT NULL END`;

const plain = (type: string) => (term: string) => `CAST(${term} AS ${type})`;

const CASTS: Readonly<Record<string, Cast>> = {
  'text>bigint': { value: plain('bigint'), isLossy: read(WHOLE, 'bigint') },
  'text>double precision': {
    value: plain('double precision'),
    isLossy: read(REAL, 'double precision'),
  },
  'bigint>text': { value: plain('text'), isLossy: null },
  'double precision>text': { value: plain('text'), isLossy: null },
  'bigint>double precision': {
    value: plain('double precision'),
    isLossy: (term) => `abs(${term}) > 9007199254740992`,
  },
  'double precision>bigint': {
    value: plain('bigint'),
    isLossy: (term) => `NOT (abs(${term}) < 9007199254740992 AND trunc(${term}) = ${term})`,
  },
  'text>bytea': { value: (term) => `convert_to(${term}, 'UTF8')`, isLossy: null },
};

/** Of types that nothing is known of, the engine decides; it refuses what it cannot. */
export function castOf(from: string, to: string): Cast {
  return CASTS[`${from}>${to}`] ?? { value: plain(to), isLossy: null };
}
