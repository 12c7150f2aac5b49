import { EACH_ROW, EACH_TEXT, FOR_CLAIM } from '../sql/fragments.ts';

/** What the verbs say in words of another database, in words of this one. */
const FRAGMENTS: readonly (readonly [string, string])[] = [
  [EACH_ROW, 'jsonb_array_elements(CAST(? AS jsonb))'],
  [EACH_TEXT, 'jsonb_array_elements_text(CAST(? AS jsonb))'],
  [FOR_CLAIM, 'FOR UPDATE SKIP LOCKED'],
];

/** Strings and quoted names stay; a name with capitals would lose them without quotes. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?|[A-Za-z_][A-Za-z0-9_]*/g;
const MIXED = /^(?=.*[a-z])(?=.*[A-Z])/;

/** A statement of the verbs (see "Portable SQL" in `store/DESIGN.md`) as this database takes it. */
export function portable(sql: string): string {
  let said = sql;
  for (const [there, here] of FRAGMENTS) said = said.replaceAll(there, here);
  let count = 0;
  return said.replace(TOKEN, (token) => {
    if (token === '?') {
      count += 1;
      return `$${count}`;
    }
    const isName = token[0] !== "'" && token[0] !== '"';
    return isName && MIXED.test(token) ? `"${token}"` : token;
  });
}
