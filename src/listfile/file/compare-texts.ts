import { isPawlError } from '../../domain/errors.ts';
import { parseList } from '../grammar/parse-list.ts';

/**
 * How two states of one list compare apart from their marks: whether the first says anything that
 * the second does not, and the other way round. What breaks off in the middle of the other says
 * nothing of its own. Null when one of them is no list: no text, too large, or without a single
 * task (an editor may be in the middle of saving it).
 */
export function compareTexts(
  one: Uint8Array,
  other: Uint8Array,
): { readonly onlyInOne: boolean; readonly onlyInOther: boolean } | null {
  const a = textWithoutMarks(one);
  const b = textWithoutMarks(other);
  if (a === null || b === null) return null;
  return { onlyInOne: saysMore(a, b), onlyInOther: saysMore(b, a) };
}

function saysMore(these: string, those: string): boolean {
  if (breaksOff(these, those)) return false;
  const known = linesOf(those);
  return [...linesOf(these)].some(([line, count]) => count > (known.get(line) ?? 0));
}

/** Whether it is the beginning of the other; a box in its last line may not be whole. */
function breaksOff(these: string, those: string): boolean {
  const last = these.lastIndexOf('\n') + 1;
  return (
    those.startsWith(these.slice(0, last)) &&
    withoutBoxes(those.slice(last)).startsWith(withoutBoxes(these.slice(last)))
  );
}

function withoutBoxes(text: string): string {
  return text.replace(/\[[^\]]?(?:\]|$)/g, '');
}

function linesOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split(/\r\n|[\r\n]/)) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function textWithoutMarks(bytes: Uint8Array): string | null {
  try {
    const { source, places, document } = parseList(bytes);
    if (document.tasks.length === 0) return null;
    const ranges = [...places.values()].map((place) =>
      place.kind === 'box' ? [place.start, place.end] : [place.cellStart, place.cellEnd],
    ) as [number, number][];
    let text = '';
    let copied = 0;
    for (const [start, end] of ranges.sort(([a], [b]) => a - b)) {
      text += source.text.slice(copied, start);
      copied = end;
    }
    return text + source.text.slice(copied);
  } catch (error) {
    if (isPawlError(error, 'list_not_text') || isPawlError(error, 'list_too_large')) return null;
    throw error;
  }
}
