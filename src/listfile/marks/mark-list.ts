import type { TaskStatus } from '../../domain/status.ts';
import { MARK_CHARACTERS, markOf, type WrittenMark } from '../../domain/tasklist/mark.ts';
import type { ListMark, ListTask } from '../../domain/tasklist/model.ts';
import type { MarkPlace } from '../grammar/mark-place.ts';
import { type ParsedList, type ParseListOptions, parseList } from '../grammar/parse-list.ts';
import { encodeText } from '../grammar/source-text.ts';
import { type MarkWords, markWords } from './mark-words.ts';

/**
 * Change exactly the marks of the wanted tasks; every other byte stays.
 *
 * @throws PawlError `list_too_large`, `list_not_text`.
 */
export function markList(
  bytes: Uint8Array,
  wanted: ReadonlyMap<string, TaskStatus>,
  options: MarkListOptions = {},
): MarkedList {
  const parsed = parseList(bytes, options);
  const marking = new Marking(parsed);
  for (const [taskId, status] of wanted) {
    marking.mark(taskId, markOf(status), options.knownMarks?.get(taskId) ?? []);
  }
  const { edits, changed, missing, noPlace, handEdited, marks } = marking;
  const marked = edits.length === 0 ? bytes : encodeText(applyEdits(parsed, edits));
  return { bytes: marked, changed, missing, noPlace, handEdited, marks };
}

export interface MarkListOptions extends ParseListOptions {
  /**
   * The marks last seen in the file, and those Pawl began to write. A mark that is neither one of
   * these nor the wanted one was made by hand since: it is left for the next load to read
   * (`handEdited`). A task that is left out, or has none, is marked whatever its mark is.
   */
  readonly knownMarks?: ReadonlyMap<string, readonly ListMark[]>;
}

export interface MarkedList {
  /** The same object as the source when nothing changed. */
  readonly bytes: Uint8Array;
  readonly changed: readonly MarkChange[];
  /** Wanted, but not in the file. */
  readonly missing: readonly string[];
  /** In the file, but with no place for a mark. */
  readonly noPlace: readonly string[];
  /** Marked by hand since last seen, and left so. */
  readonly handEdited: readonly string[];
  /** All marks in `bytes`. */
  readonly marks: ReadonlyMap<string, ListMark>;
}

export interface MarkChange {
  readonly taskId: string;
  readonly from: ListMark;
  readonly to: ListMark;
  /** 1-based. */
  readonly line: number;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

class Marking {
  readonly edits: Edit[] = [];
  readonly changed: MarkChange[] = [];
  readonly missing: string[] = [];
  readonly noPlace: string[] = [];
  readonly handEdited: string[] = [];
  readonly marks: Map<string, ListMark>;
  private readonly parsed: ParsedList;
  private readonly tasks: ReadonlyMap<string, ListTask>;
  private readonly words: MarkWords;

  constructor(parsed: ParsedList) {
    const { tasks } = parsed.document;
    this.parsed = parsed;
    this.tasks = new Map(tasks.map((task) => [task.taskId, task]));
    this.marks = new Map(tasks.map((task) => [task.taskId, task.mark]));
    this.words = markWords(parsed);
  }

  mark(taskId: string, to: WrittenMark, known: readonly ListMark[]): void {
    const task = this.tasks.get(taskId);
    const place = this.parsed.places.get(taskId);
    if (task === undefined) {
      this.missing.push(taskId);
    } else if (place === undefined) {
      this.noPlace.push(taskId);
    } else if (task.mark !== to) {
      if (known.length > 0 && !known.includes(task.mark)) {
        this.handEdited.push(taskId);
        return;
      }
      this.edits.push(editFor(place, to, this.words));
      this.changed.push({ taskId, from: task.mark, to, line: task.line });
      this.marks.set(taskId, to);
    }
  }
}

function editFor(place: MarkPlace, to: WrittenMark, words: MarkWords): Edit {
  if (place.kind === 'box') {
    return { start: place.start, end: place.end, text: MARK_CHARACTERS[to] };
  }
  const word = words(to, place);
  const { cellStart, cellEnd, start, end } = place;
  if (start === end) {
    const text = ` ${word} `.padEnd(cellEnd - cellStart);
    return { start: cellStart, end: cellEnd, text };
  }
  if (!place.aligned) return { start, end, text: word };
  // Take from, or give to, the padding on the right, of which one space must stay.
  const room = cellEnd - start;
  const text = `${word}${end < cellEnd ? ' ' : ''}`.padEnd(room);
  return { start, end: cellEnd, text };
}

function applyEdits(parsed: ParsedList, edits: readonly Edit[]): ParsedList['source'] {
  const { text, byteOrderMark } = parsed.source;
  let marked = '';
  let copied = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    marked += text.slice(copied, edit.start) + edit.text;
    copied = edit.end;
  }
  return { text: marked + text.slice(copied), byteOrderMark };
}
