/** Values as one value of a statement, the text of an array of the server: `{"a","b",3,NULL}`. */
export function arrayText(values: readonly (string | number | null)[]): string {
  return `{${values.map(memberText).join(',')}}`;
}

function memberText(value: string | number | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
