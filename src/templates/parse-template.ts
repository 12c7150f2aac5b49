import JSON5 from 'json5';
import { TEMPLATE_LIMITS, type TemplateFault } from './template.ts';

/** What a text says, before anybody asked whether it is a template. */
export type RawTemplate = Readonly<Record<string, unknown>>;

export interface ParsedTemplate {
  /** Null when there is a fault. */
  readonly raw: RawTemplate | null;
  readonly faults: readonly TemplateFault[];
}

const { bytesMax, depthMax, keysMax, itemsMax, textLengthMax } = TEMPLATE_LIMITS;

/**
 * Read JSON5, which JSON is, too: an object within the limits, whatever it says. Never throws. Of a
 * key that is given twice the last value counts, as JSON has it.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const fault = (message: string): ParsedTemplate => ({
    raw: null,
    faults: [{ place: '', message }],
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) return fault(`${bytes} bytes; ${bytesMax} are the most`);
  let value: unknown;
  try {
    value = JSON5.parse(text);
  } catch (error) {
    return fault(`no JSON5: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) return fault('a template is an object: { metadata, tasks }');
  const faults: TemplateFault[] = [];
  for (const one of sizeFaults(value, '', 1)) {
    faults.push(one);
    if (faults.length === FAULTS_MAX) break;
  }
  return faults.length > 0 ? { raw: null, faults } : { raw: value, faults };
}

export function isObject(value: unknown): value is RawTemplate {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const FAULTS_MAX = 50;

function* sizeFaults(value: unknown, place: string, depth: number): Generator<TemplateFault> {
  if (typeof value === 'string') yield* textFaults(value, place);
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  const max = Array.isArray(value) ? itemsMax : keysMax;
  if (depth > depthMax) {
    yield { place, message: `lies deeper than ${depthMax} levels` };
  } else if (entries.length > max) {
    yield { place, message: `has ${entries.length} entries; ${max} are the most` };
  } else {
    for (const [key, one] of entries) {
      const within = placeIn(place, key);
      yield* textFaults(key, within);
      if (key === '__proto__') yield { place: within, message: 'this cannot be a name' };
      yield* sizeFaults(one, within, depth + 1);
    }
  }
}

function* textFaults(text: string, place: string): Generator<TemplateFault> {
  if (text.length > textLengthMax) {
    yield { place, message: `has ${text.length} characters; ${textLengthMax} are the most` };
  } else if (text.includes('\0') || !text.isWellFormed()) {
    yield { place, message: 'holds a NUL character or half a character' };
  }
}

const PLACE_PART_MAX = 60;

/** Keys are from outside: a place stays short, whatever they are. */
export function placeIn(place: string, key: string | number): string {
  const name = String(key).slice(0, PLACE_PART_MAX);
  return place === '' ? name : `${place}.${name}`;
}
