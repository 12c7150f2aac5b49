/** A name as SQL takes it: quoted only where it must be. */
export function identifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/i.test(name) && !isReserved(name) ? name : quoted(name);
}

/** A name that no reading of it can take for a keyword. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Means something else when it stands without quotes. */
export function isReserved(name: string): boolean {
  return RESERVED.has(name.toLowerCase());
}

const RESERVED: ReadonlySet<string> = new Set(
  (
    'add all alter and as autoincrement between case cast check collate commit constraint create ' +
    'current_date current_time current_timestamp default deferrable delete distinct drop else ' +
    'escape except exists false foreign from group having if in index insert intersect into is ' +
    'isnull join limit not nothing notnull null on or order primary raise references returning ' +
    'select set table then to transaction true union unique update using values when where'
  ).split(' '),
);
