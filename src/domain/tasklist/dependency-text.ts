import { expandRange, hasIdShape, isCellId, withoutMarkup } from './task-id.ts';

/**
 * What a dependency cell or clause says, in the order written. Pure; `existing` are the ids of the
 * list. An id that the list does not have is kept (`dangling`), prose is not (`freeText`).
 */
export function readDependencies(text: string, existing: IdFinder): DependencyReading {
  const single = existing.find(text);
  if (single !== null) return { ids: [single], dangling: [], freeText: [] };
  const reading = { ids: new Set<string>(), dangling: new Set<string>(), freeText: [] as string[] };
  const plain = text.replace(/<br ?\/?>/gi, ',').replace(/[ \t]+/g, ' ');
  if (!NOTHING.test(withoutMarkup(plain))) {
    for (const piece of plain.split(SEPARATOR)) readPiece(piece.trim(), existing, reading);
  }
  return {
    ids: [...reading.ids],
    dangling: [...reading.dangling],
    freeText: reading.freeText,
  };
}

export interface DependencyReading {
  /** Ranges expanded, no doubles, dangling ones included. */
  readonly ids: readonly string[];
  readonly dangling: readonly string[];
  readonly freeText: readonly string[];
}

/** The ids of a list, findable in whatever case somebody refers to them. */
export interface IdFinder {
  readonly all: ReadonlySet<string>;
  find(written: string): string | null;
  /**
   * The one id that ends with this behind a separator, in a list whose ids all begin alike: `01`
   * is `T-037-01`. Null where there is none, or more than one.
   */
  ending(written: string): string | null;
}

export class ExistingIds implements IdFinder {
  readonly all: ReadonlySet<string>;
  /** Made when it is first asked for: most lists spell their ids as they are. */
  private byLowerCase: ReadonlyMap<string, string> | null = null;
  private byEnding: ReadonlyMap<string, string | null> | null = null;

  constructor(ids: Iterable<string>) {
    this.all = new Set(ids);
  }

  /** The same ids where some words stand for another one. */
  where(local: ReadonlyMap<string, string> | undefined): IdFinder {
    if (local === undefined) return this;
    return {
      all: this.all,
      find: (written) => local.get(written) ?? this.find(written),
      ending: (written) => this.ending(written),
    };
  }

  find(written: string): string | null {
    if (this.all.has(written)) return written;
    this.byLowerCase ??= new Map([...this.all].map((id) => [id.toLowerCase(), id]));
    return this.byLowerCase.get(written.toLowerCase()) ?? null;
  }

  ending(written: string): string | null {
    if (!ENDING.test(written)) return null;
    this.byEnding ??= endingsOf([...this.all].filter((id) => !id.startsWith('box-')));
    return this.byEnding.get(written.toLowerCase()) ?? null;
  }
}

/** Each end of an id behind a separator; null for what is the end of several. */
function endingsOf(ids: readonly string[]): ReadonlyMap<string, string | null> {
  const endings = new Map<string, string | null>();
  if (!beginAlike(ids)) return endings;
  for (const id of ids) {
    for (const { index } of id.matchAll(ID_SEPARATOR)) {
      const end = id.slice(index + 1).toLowerCase();
      if (ENDING.test(end)) endings.set(end, endings.has(end) ? null : id);
    }
  }
  return endings;
}

/** Whether there is something in front of a separator that every one of these begins with. */
function beginAlike([first = '', ...others]: readonly string[]): boolean {
  const head = /^[^-_./:]*[-_./:]/.exec(first)?.[0];
  return head !== undefined && others.every((id) => id.startsWith(head));
}

const ID_SEPARATOR = /[-_./:]/g;
/** Of an id: a number, with letters in front of it or not, so that no word of prose is one. */
const ENDING = /^#?[\p{L}\p{N}._/:-]{0,40}\p{N}[a-z]?$/iu;

const NOTHING = new RegExp(
  '^(?:|[-–—]+|none|n/?a|nothing|nil|null|no|\\[\\]|\\(none\\)|' +
    '无|なし|없음|keine|ninguna?|nenhuma?|aucune?|нет)\\.?$',
  'i',
);
const SEPARATOR = /[,;\n、，；]| (?:and|&|\+) /i;
/** `A-1 ✅`: somebody ticks off what is done already. */
const TICK = /[✅✓✔☑⬜🔄🚧⏳❌]\uFE0F?$/u;
const RANGE = /^(\S+?)(?: ?(?:\.\.\.?|…|–|—) ?| (?:to|through|thru|until|-) )(\S+)$/i;
/** Characters: two ids and what stands between them. */
const RANGE_TEXT_MAX = 300;
const SHORT_RANGE = /^(.*?)(\d+)-(\d+)$/;

interface Reading {
  readonly ids: Set<string>;
  readonly dangling: Set<string>;
  readonly freeText: string[];
}

function readPiece(written: string, existing: IdFinder, reading: Reading): void {
  const piece = withoutMarkup(written)
    .replace(TICK, '')
    .trimEnd()
    .replace(/^(?:tasks?|story|stories|tickets?|issues?) (?=#?\S+$)/i, '')
    .replace(/^#(?=\S)|[.:]$/g, '');
  if (piece === '') return;
  // An id may itself begin with `#`.
  const known = existing.find(piece) ?? existing.find(`#${piece}`);
  if (known !== null) {
    reading.ids.add(known);
    return;
  }
  const expanded = readRange(piece, existing);
  if (expanded !== null) {
    for (const id of expanded) addId(id, existing, reading);
  } else if (hasIdShape(piece) || existing.ending(piece) !== null) {
    addId(piece, existing, reading);
  } else {
    readProse(written, piece, existing, reading);
  }
}

function readRange(piece: string, existing: IdFinder): readonly string[] | null {
  if (piece.length > RANGE_TEXT_MAX) return null;
  const written = RANGE.exec(piece);
  if (written !== null) {
    const [, from = '', to = ''] = written;
    const first = resolved(from, existing) ?? from;
    const end = sameSeries(first, to, existing);
    const last = resolved(end, existing) ?? end;
    if (!isCellId(first) || !isCellId(last)) return null;
    return expandRange({ first, last }, existing.all);
  }
  // `A-001-005` is a range only where both ends are tasks: it might as well be an id.
  const short = SHORT_RANGE.exec(piece);
  if (short === null) return null;
  const first = resolved(`${short[1]}${short[2]}`, existing);
  const last = resolved(`${short[1]}${short[3]}`, existing);
  return first === null || last === null ? null : expandRange({ first, last }, existing.all);
}

/** `A-001..005` and `P2-T01..T03`: the end says what differs. */
function sameSeries(first: string, end: string, existing: IdFinder): string {
  if (/^\d+$/.test(end)) return first.replace(/\d+$/, end);
  const letters = /^(\p{L}+)\d+$/u.exec(end)?.[1];
  if (letters === undefined || existing.find(end) !== null || existing.find(first) === null) {
    return end;
  }
  const head = first.replace(/\d+$/, '');
  const isShort = head.endsWith(letters) && /[-_./:]$/.test(head.slice(0, -letters.length));
  return isShort ? head.slice(0, -letters.length) + end : end;
}

function resolved(written: string, existing: IdFinder): string | null {
  return existing.find(written) ?? existing.ending(written);
}

/** `A-1 A-2` are two ids. In `A-1 (schema only)` the id counts, and the remark is reported. */
function readProse(written: string, piece: string, existing: IdFinder, reading: Reading): void {
  const words = piece.split(/[\s()[\]]+/).filter((word) => word !== '');
  // A bare `1` in prose is a number; in a row of nothing but ids it is one of them.
  const allKnown = words.every((word) => existing.find(word) !== null);
  const ids = allKnown ? words : words.filter((word) => hasIdShape(word));
  for (const id of ids) addId(id, existing, reading);
  if (ids.length < words.length) reading.freeText.push(written);
}

function addId(written: string, existing: IdFinder, reading: Reading): void {
  const known = resolved(written, existing);
  if (known === null) reading.dangling.add(written);
  reading.ids.add(known ?? written);
}
