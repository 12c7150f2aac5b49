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
  checkSizes(value, { place: '', depth: 1, faults });
  return faults.length > 0 ? { raw: null, faults } : { raw: value, faults };
}

export function isObject(value: unknown): value is RawTemplate {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const FAULTS_MAX = 50;

interface Spot {
  readonly place: string;
  readonly depth: number;
  readonly faults: TemplateFault[];
}

function checkSizes(value: unknown, { place, depth, faults }: Spot): void {
  if (faults.length >= FAULTS_MAX) return;
  const add = (message: string): void => {
    faults.push({ place, message });
  };
  if (typeof value === 'string') return checkText(value, add);
  if (typeof value !== 'object' || value === null) return;
  if (depth > depthMax) return add(`lies deeper than ${depthMax} levels`);
  const isList = Array.isArray(value);
  const entries = Object.entries(value);
  const max = isList ? itemsMax : keysMax;
  if (entries.length > max) return add(`has ${entries.length} entries; ${max} are the most`);
  for (const [key, one] of entries) {
    const within = placeIn(place, key);
    checkText(key, add);
    if (key === '__proto__') add('`__proto__` cannot be a name');
    checkSizes(one, { place: within, depth: depth + 1, faults });
  }
}

function checkText(text: string, add: (message: string) => void): void {
  if (text.length > textLengthMax) {
    add(`has ${text.length} characters; ${textLengthMax} are the most`);
  } else if (text.includes('\0') || !text.isWellFormed()) {
    add('holds a NUL character or half a character');
  }
}

const PLACE_PART_MAX = 60;

/** Keys are from outside: a place stays short, whatever they are. */
export function placeIn(place: string, key: string | number): string {
  const name = String(key).slice(0, PLACE_PART_MAX);
  return place === '' ? name : `${place}.${name}`;
}
