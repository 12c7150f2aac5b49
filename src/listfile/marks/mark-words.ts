import { MARK_CHARACTERS, type WrittenMark } from '../../domain/tasklist/mark.ts';
import type { MarkPlace } from '../grammar/mark-place.ts';
import type { ParsedList } from '../grammar/parse-list.ts';

/**
 * How a list writes its statuses, so that a new mark looks like the others: the word that the list
 * uses most for it, otherwise ours in the same letters, otherwise a box where boxes are used.
 */
export function markWords(parsed: ParsedList): MarkWords {
  const words = {
    cell: wordsOf(parsed, 'cell'),
    picture: wordsOf(parsed, 'picture'),
    yaml: wordsOf(parsed, 'yaml'),
  };
  return (mark, place) => words[place?.kind === 'word' ? shapeOf(place) : 'cell'](mark);
}

type WordPlace = Extract<MarkPlace, { kind: 'word' }>;
type WordShape = 'cell' | 'picture' | 'yaml';

function shapeOf(place: WordPlace): WordShape {
  if (place.yaml === true) return 'yaml';
  return place.picture === true ? 'picture' : 'cell';
}

/** Within quotes it may stand, where another task has none it would be something else. */
const SPEAKS_YAML = /[[\]{},:#&*!|>'"%@`\\?]/;

export type MarkWords = (mark: WrittenMark, place?: MarkPlace) => string;

function wordsOf(parsed: ParsedList, shape: WordShape): MarkWords {
  const counts = new Map<string, { readonly mark: WrittenMark; count: number }>();
  let boxes = false;
  for (const place of parsed.places.values()) {
    if (place.kind === 'box') boxes = true;
    if (place.kind !== 'word' || place.mark === null) continue;
    if (shapeOf(place) !== shape) continue;
    const word = parsed.source.text.slice(place.start, place.end);
    if (shape === 'yaml' && SPEAKS_YAML.test(word)) continue;
    const known = counts.get(word);
    if (known === undefined) counts.set(word, { mark: place.mark, count: 1 });
    else known.count += 1;
  }
  const fallback = fallbackFor(shape, boxes, counts);
  const best = new Map<WrittenMark, string>();
  for (const [word, { mark }] of [...counts].sort(([, a], [, b]) => b.count - a.count)) {
    if (!best.has(mark)) best.set(mark, word);
  }
  return (mark) => best.get(mark) ?? fallback(mark);
}

function fallbackFor(shape: WordShape, boxes: boolean, used: ReadonlyMap<string, unknown>) {
  if (shape === 'picture') return pictureFor;
  return shape === 'cell' && used.size === 0 && boxes ? boxFor : wordLike(used);
}

const pictureFor: MarkWords = (mark) => PICTURES[mark];
const boxFor: MarkWords = (mark) => `[${MARK_CHARACTERS[mark]}]`;

const WORDS: Readonly<Record<WrittenMark, string>> = {
  queued: 'Pending',
  running: 'In Progress',
  completed: 'Done',
  failed: 'Failed',
  skipped: 'Skipped',
};

const PICTURES: Readonly<Record<WrittenMark, string>> = {
  queued: '⬜',
  running: '🔄',
  completed: '✅',
  failed: '❌',
  skipped: '⏭️',
};

function wordLike(counts: ReadonlyMap<string, unknown>): MarkWords {
  const used = [...counts.keys()];
  const text = used.join(' ');
  if (used.length > 0 && !/\p{L}/u.test(text)) return pictureFor;
  const joint = text.includes('_') ? '_' : ' ';
  const lower = used.length > 0 && text === text.toLowerCase();
  const upper = used.length > 0 && text === text.toUpperCase();
  return (mark) => {
    const word = WORDS[mark].replace(' ', joint);
    if (lower) return word.toLowerCase();
    return upper ? word.toUpperCase() : word;
  };
}
