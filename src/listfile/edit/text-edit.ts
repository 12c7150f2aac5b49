/** A part of a text and what is to stand there instead. Offsets are UTF-16 units. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The edits do not overlap. Of those that begin at the same place an insertion comes first. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let edited = '';
  let copied = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    edited += text.slice(copied, edit.start) + edit.text;
    copied = edit.end;
  }
  return edited + text.slice(copied);
}
