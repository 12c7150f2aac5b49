/** A regular expression that takes no longer than its text is long, whatever it is. */
export interface Pattern {
  /** Whether the text matches from its beginning; it need not match to its end. */
  matches(text: string): boolean;
}

export type ReadPattern =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string };

const PATTERN_LENGTH_MAX = 500;
const STEPS_MAX = 1_000;

/** Longer texts match no pattern. */
export const MATCHED_LENGTH_MAX = 1_000;

/**
 * Read a pattern of a template: characters, classes, groups, alternatives, repetitions, `^` and
 * `$`. Patterns come from files and are tried on what callers say, so that one which backtracks
 * could stop the whole process; this is a simulation of its automaton instead (Thompson 1968, as
 * in Cox, "Regular Expression Matching: the Virtual Machine Approach"). Look-around and references
 * back have no automaton and are refused.
 */
export function readPattern(source: string): ReadPattern {
  if (source.length > PATTERN_LENGTH_MAX) {
    return { ok: false, message: `is longer than ${PATTERN_LENGTH_MAX} characters` };
  }
  const reader = new PatternReader(source);
  const node = reader.read();
  if (node === null) return { ok: false, message: reader.fault };
  const steps: Step[] = [];
  emit(node, steps);
  if (steps.length >= STEPS_MAX) return { ok: false, message: 'repeats too much' };
  steps.push({ kind: 'match' });
  return {
    ok: true,
    pattern: { matches: (text) => text.length <= MATCHED_LENGTH_MAX && run(steps, text) },
  };
}

type Node =
  | { readonly kind: 'character'; readonly test: (character: string) => boolean }
  | { readonly kind: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'either'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly part: Node; readonly min: number; readonly max: number };

/** To all of these at once. */
interface Jump {
  readonly kind: 'jump';
  to: readonly number[];
}

type Step =
  | { readonly kind: 'character'; readonly test: (character: string) => boolean }
  | { readonly kind: 'start' | 'end' | 'match' }
  | Jump;

const UNSUPPORTED = 'has something else than characters, classes, groups and repetitions';
const ESCAPE = /^\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[pP]\{[^}]{1,40}\}|.)/su;
const REPETITION = /^(?:[*+?]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\})\??/;
const GROUP = /^\((?:\?:|\?P?<[A-Za-z_]\w*>|(?!\?))/;
const NO_AUTOMATON = /^\\[bB1-9kGQE]/;

class PatternReader {
  #rest: string;
  fault = UNSUPPORTED;

  constructor(source: string) {
    this.#rest = source;
  }

  /** Null: `fault` says why not. */
  read(): Node | null {
    const node = this.#either();
    return this.#rest === '' ? node : null;
  }

  #either(): Node | null {
    const parts: Node[] = [];
    for (;;) {
      const part = this.#sequence();
      if (part === null) return null;
      parts.push(part);
      if (this.#take(/^\|/) === null) break;
    }
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'either', parts };
  }

  #sequence(): Node | null {
    const parts: Node[] = [];
    while (this.#rest !== '' && !/^[|)]/.test(this.#rest)) {
      const part = this.#atom();
      if (part === null) return null;
      parts.push(this.#repeated(part));
    }
    return { kind: 'sequence', parts };
  }

  #repeated(part: Node): Node {
    const found = this.#take(REPETITION);
    if (found === null) return part;
    const [sign = '', least, comma, most] = found;
    if (least === undefined) {
      const min = sign.startsWith('+') ? 1 : 0;
      return {
        kind: 'repeat',
        part,
        min,
        max: sign.startsWith('?') ? 1 : Number.POSITIVE_INFINITY,
      };
    }
    const open = comma === undefined ? Number(least) : Number.POSITIVE_INFINITY;
    const max = most === undefined ? open : Number(most);
    return { kind: 'repeat', part, min: Number(least), max };
  }

  #atom(): Node | null {
    if (this.#take(/^(?:\^|\\A)/) !== null) return { kind: 'start' };
    if (this.#take(/^(?:\$|\\[zZ])/) !== null) return { kind: 'end' };
    if (this.#take(GROUP) !== null) {
      const inside = this.#either();
      return inside !== null && this.#take(/^\)/) !== null ? inside : null;
    }
    if (/^(?:\(|[*+?])/.test(this.#rest) || NO_AUTOMATON.test(this.#rest)) return null;
    const one = this.#take(/^\[(?:\\.|[^\]\\])*\]/s) ?? this.#take(ESCAPE) ?? this.#take(/^./su);
    return one === null || /^[[\\]$/.test(one[0]) ? null : this.#character(one[0]);
  }

  /** What one character may be is the language's own to say. */
  #character(written: string): Node | null {
    const isLiteral = written.length === 1 || !/^[[\\.]/.test(written);
    if (isLiteral && written !== '.') {
      return { kind: 'character', test: (character) => character === written };
    }
    for (const flags of ['u', '']) {
      try {
        const one = new RegExp(`^${written}$`, flags);
        return { kind: 'character', test: (character) => one.test(character) };
      } catch (error) {
        this.fault = `is no regular expression: ${(error as Error).message}`;
      }
    }
    return null;
  }

  #take(what: RegExp): RegExpExecArray | null {
    const found = what.exec(this.#rest);
    if (found !== null) this.#rest = this.#rest.slice(found[0].length);
    return found;
  }
}

/** Stops at the most steps there may be: what is longer is refused. */
function emit(node: Node, steps: Step[]): void {
  if (steps.length >= STEPS_MAX) return;
  switch (node.kind) {
    case 'character':
    case 'start':
    case 'end':
      steps.push(node);
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, steps);
      return;
    case 'either': {
      const ends = node.parts.slice(0, -1).map((part) => branch(part, steps));
      emit(node.parts.at(-1) as Node, steps);
      for (const end of ends) end.to = [steps.length];
      return;
    }
    case 'repeat':
      emitRepeat(node, steps);
  }
}

/** A way that may be left out; gives the jump at its end, which goes on behind it. */
function branch(part: Node, steps: Step[]): Jump {
  const fork: Jump = { kind: 'jump', to: [] };
  steps.push(fork);
  const begin = steps.length;
  emit(part, steps);
  const end: Jump = { kind: 'jump', to: [steps.length + 1] };
  steps.push(end);
  fork.to = [begin, steps.length];
  return end;
}

function emitRepeat({ part, min, max }: Node & { kind: 'repeat' }, steps: Step[]): void {
  for (let at = 0; at < min && steps.length < STEPS_MAX; at += 1) {
    const before = steps.length;
    emit(part, steps);
    if (steps.length === before) break; // nothing, however often
  }
  if (max === Number.POSITIVE_INFINITY) {
    const begin = steps.length;
    branch(part, steps).to = [begin];
    return;
  }
  for (let at = min; at < max && steps.length < STEPS_MAX; at += 1) branch(part, steps);
}

/** All ways through at once: for each character, every step that may come next. */
function run(steps: readonly Step[], text: string): boolean {
  const characters = [...text];
  let next = new Set<number>();
  follow(steps, 0, { at: 0, length: characters.length, into: next });
  for (const [at, character] of characters.entries()) {
    if (next.has(steps.length - 1)) return true;
    if (next.size === 0) return false;
    const now = next;
    next = new Set();
    for (const index of now) {
      const step = steps[index];
      if (step?.kind !== 'character' || !step.test(character)) continue;
      follow(steps, index + 1, { at: at + 1, length: characters.length, into: next });
    }
  }
  return next.has(steps.length - 1);
}

interface Following {
  readonly at: number;
  readonly length: number;
  readonly into: Set<number>;
}

function follow(steps: readonly Step[], from: number, { at, length, into }: Following): void {
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const step = steps[index];
    if (step === undefined || into.has(index)) continue;
    into.add(index);
    if (step.kind === 'jump') open.push(...step.to);
    if (step.kind === 'start' && at === 0) open.push(index + 1);
    if (step.kind === 'end' && at === length) open.push(index + 1);
  }
}
