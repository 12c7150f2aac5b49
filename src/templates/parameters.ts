import { nearNames, shortName } from './near-names.ts';
import { placeIn } from './parse-template.ts';
import { MATCHED_LENGTH_MAX, readPattern } from './pattern.ts';
import {
  type ParameterType,
  TEMPLATE_LIMITS,
  type TemplateFault,
  type TemplateParameter,
} from './template.ts';

/** By parameter; one that was not given and has no default is missing. */
export type ParameterValues = ReadonlyMap<string, unknown>;

const GIVEN_LENGTH_MAX = 100_000;

/** The values that a template is filled with. All faults are found at once. */
export function valuesOf(
  parameters: readonly TemplateParameter[],
  given: Readonly<Record<string, unknown>>,
): { readonly values: ParameterValues; readonly faults: readonly TemplateFault[] } {
  const faults: TemplateFault[] = [];
  const values = new Map<string, unknown>();
  const said = new Map(Object.entries(given));
  if (lengthOf(given) > GIVEN_LENGTH_MAX) {
    return {
      values,
      faults: [{ place: '', message: `longer than ${GIVEN_LENGTH_MAX} characters` }],
    };
  }
  for (const parameter of parameters) {
    const { name, required } = parameter;
    const value = said.get(name) ?? parameter.default;
    said.delete(name);
    if (value !== undefined) {
      values.set(name, value);
      const amiss = faultOfValue(parameter, value);
      if (amiss !== null) faults.push({ place: name, message: amiss });
    } else if (required) {
      faults.push({
        place: name,
        message: `is needed: ${parameter.description ?? parameter.type}`,
      });
    }
  }
  const names = parameters.map(({ name }) => name);
  for (const name of said.keys()) {
    const hint = nearNames(name, names, faults);
    const message = `there is no parameter ${shortName(name)}${hint}`;
    faults.push({ place: placeIn('', name), message });
  }
  return { values, faults };
}

/** What a parameter does not allow about a value; null when it is allowed. */
export function faultOfValue(parameter: TemplateParameter, value: unknown): string | null {
  const { type, allowed, pattern, lengthMin, lengthMax, valueMin, valueMax } = parameter;
  if (typeOf(value) !== type) return `is no ${type}`;
  if (allowed !== null && !allowed.includes(value))
    return `may be ${allowed.map(shown).join(', ')}`;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return 'is no number that can be written';
    if (valueMin !== null && value < valueMin) return `is less than ${valueMin}`;
    if (valueMax !== null && value > valueMax) return `is more than ${valueMax}`;
  }
  if (typeof value === 'string' || Array.isArray(value)) {
    const { length } = value;
    if (lengthMin !== null && length < lengthMin) return `is shorter than ${lengthMin}`;
    if (lengthMax !== null && length > lengthMax) return `is longer than ${lengthMax}`;
  }
  return typeof value === 'string' ? faultOfText(value, pattern) : null;
}

function faultOfText(text: string, pattern: string | null): string | null {
  const { textLengthMax } = TEMPLATE_LIMITS;
  if (text.length > textLengthMax) return `is longer than ${textLengthMax}`;
  if (pattern === null) return null;
  if (text.length > MATCHED_LENGTH_MAX) return `is longer than ${MATCHED_LENGTH_MAX}`;
  const read = readPattern(pattern);
  return read.ok && read.pattern.matches(text) ? null : `does not match ${pattern}`;
}

function typeOf(value: unknown): ParameterType | null {
  if (Array.isArray(value)) return 'array';
  if (value === null) return null;
  const type = typeof value;
  return type === 'string' || type === 'number' || type === 'boolean' || type === 'object'
    ? type
    : null;
}

/** Whether a condition that names nothing but the parameter holds. */
export function holds(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== false && value !== 0 && value !== '';
}

/** As it stands in a text; nothing where there is no value. */
export function textOfValue(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOfValue).join(', ');
  return JSON.stringify(value);
}

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

const lengthOf = (value: unknown): number => JSON.stringify(value)?.length ?? 0;
