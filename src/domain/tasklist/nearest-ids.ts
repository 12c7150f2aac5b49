/** The known ids that a mistyped one may have meant, the most alike first; at most three. */
export function nearestIds(written: string, known: Iterable<string>): readonly string[] {
  const wanted = written.toLowerCase();
  const limit = Math.max(1, Math.ceil(wanted.length / 3));
  return [...known]
    .filter((id) => Math.abs(id.length - wanted.length) <= limit)
    .map((id) => ({ id, distance: editDistance(id.toLowerCase(), wanted) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, NEAREST_MAX)
    .map(({ id }) => id);
}

const NEAREST_MAX = 3;

/** Letters to insert, remove or replace (Levenshtein). */
function editDistance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const now = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = a[row - 1] === b[column - 1] ? 0 : 1;
      now.push(
        Math.min(
          (before[column] as number) + 1,
          (now[column - 1] as number) + 1,
          (before[column - 1] as number) + replaced,
        ),
      );
    }
    before = now;
  }
  return before[b.length] as number;
}
