/** The one stretch in which two texts differ. */
export interface Splice {
  readonly offset: number;
  readonly removed: string;
  readonly inserted: string;
}

export function spliceBetween(before: string, after: string): Splice {
  const shorter = Math.min(before.length, after.length);
  let offset = 0;
  while (offset < shorter && before[offset] === after[offset]) offset += 1;
  let same = 0;
  while (same < shorter - offset && before.at(-1 - same) === after.at(-1 - same)) same += 1;
  return {
    offset,
    removed: before.slice(offset, before.length - same),
    inserted: after.slice(offset, after.length - same),
  };
}

/** The text from which a splice made this one. */
export function undone(after: string, { offset, removed, inserted }: Splice): string {
  return after.slice(0, offset) + removed + after.slice(offset + inserted.length);
}

/** The same where the text around it was edited since; null when it is not there exactly once. */
export function undoneAnywhere(text: string, splice: Splice): string | null {
  const { inserted } = splice;
  const offset = text.indexOf(inserted);
  if (inserted === '' || offset < 0 || text.indexOf(inserted, offset + 1) >= 0) return null;
  return undone(text, { ...splice, offset });
}
