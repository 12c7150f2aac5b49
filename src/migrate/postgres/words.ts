/** Strings, names in quotes, words; the rest says no name. */
const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/g;

/** Whether a statement speaks of a name, whatever it means by it. */
export function mentions(sql: string, name: string): boolean {
  const bare = /^[a-z_][a-z0-9_$]*$/.test(name);
  return (sql.match(TOKEN) ?? []).some((token) => {
    if (token[0] === "'") return false;
    if (token[0] === '"') return token.slice(1, -1).replaceAll('""', '"') === name;
    return bare && token.toLowerCase() === name;
  });
}

/** The parts of a list between brackets, at the commas that stand in no bracket and no quotes. */
export function partsOf(list: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const [token] of list.matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[\s\S]/g)) {
    if (token === '(') depth += 1;
    if (token === ')') depth -= 1;
    if (token === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${token}`);
  }
  return parts.map((part) => part.trim());
}
