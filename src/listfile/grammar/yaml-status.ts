import type { WrittenMark } from '../../domain/tasklist/mark.ts';
import { readBox } from './box.ts';
import type { MarkPlace } from './mark-place.ts';
import { readStatusWord } from './status-cell.ts';
import type { YamlEntry } from './yaml-tree.ts';

/** What `status: pending` says, and where its mark stands; null when it is no status. */
export function readYamlStatus({ name, value }: YamlEntry): YamlStatus | null {
  if (value.kind !== 'text') return null;
  const { text, spot, inner } = value;
  if (inner !== null && inner.start > spot.start && inner.end - inner.start === 1) {
    const { start, end } = inner;
    const box = readBox(`[${text === '' ? ' ' : text}]`, start - 1);
    if (box?.mark != null) return { mark: box.mark, place: { kind: 'box', start, end } };
  }
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
  const cell = { cellStart: start, cellEnd: end, aligned: false, yaml: true } as const;
  return { mark: mark ?? 'queued', place: { kind: 'word', mark, start, end, ...cell } };
}

export interface YamlStatus {
  readonly mark: WrittenMark;
  readonly place: MarkPlace | null;
}
