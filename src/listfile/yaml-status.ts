import type { WrittenMark } from '../domain/tasklist/mark.ts';
import { readBox } from './box.ts';
import type { MarkPlace } from './mark-place.ts';
import { readStatusWord } from './status-cell.ts';
import type { YamlEntry } from './yaml-tree.ts';

/** What `status: pending` says, and where its mark stands; null when it is no status. */
export function readYamlStatus({ name, value }: YamlEntry): YamlStatus | null {
  if (value.kind === 'map') return null;
  if (value.kind === 'list') {
    // `status: [x]` is a list in YAML, and a box for whoever wrote it.
    const { start, end } = value.spot;
    const [first] = value.items;
    const text = `[${first?.kind === 'text' ? first.text : ' '}]`;
    const box = value.items.length <= 1 && end - start <= 3 ? readBox(text, start) : null;
    if (box === null || box.mark === null) return null;
    return { mark: box.mark, place: { kind: 'box', start: start + 1, end: end - 1 } };
  }
  const { text, inner } = value;
  if (/^(?:true|yes|false|no)$/i.test(text)) {
    // There is no third word for a task that failed, so this is no place for a mark.
    if (/status|state/i.test(name)) return null;
    return { mark: /^[ty]/i.test(text) ? 'completed' : 'queued', place: null };
  }
  const box = inner === null ? null : readBox(text, inner.start);
  if (box !== null && box.mark !== null) {
    return { mark: box.mark, place: { kind: 'box', start: box.start, end: box.end } };
  }
  const mark = text === '' ? null : readStatusWord(text);
  if (text !== '' && mark === null) return null;
  if (inner === null) return { mark: mark ?? 'queued', place: null };
  const { start, end } = inner;
  const cell = { cellStart: start, cellEnd: end, aligned: false };
  return { mark: mark ?? 'queued', place: { kind: 'word', mark, start, end, ...cell } };
}

export interface YamlStatus {
  readonly mark: WrittenMark;
  readonly place: MarkPlace | null;
}
