import type { PlanFault, PlanFaultCode } from './plan-faults.ts';

/** Where in a plan something stands. */
export interface PlanPlace {
  readonly index: number | null;
  readonly key: string | null;
}

/** Reads the parts of one subtask, or of the breakdown itself, and collects what is amiss. */
export class PlanTexts {
  readonly faults: PlanFault[];
  readonly place: PlanPlace;

  constructor(place: PlanPlace, faults: PlanFault[]) {
    this.place = place;
    this.faults = faults;
  }

  fault(code: PlanFaultCode, field: string | null, message: string, remedy: string): null {
    this.faults.push({ code, ...this.place, field, message, remedy });
    return null;
  }

  /** Trimmed; null where there is nothing. */
  optional(field: string, value: unknown, lengthMax: number): string | null {
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') {
      return this.fault('text_invalid', field, 'is no text', 'Give it as a text.');
    }
    const text = value.trim();
    if (text === '') return null;
    if (text.length > lengthMax) {
      const message = `has ${text.length} characters; ${lengthMax} are the most`;
      return this.fault('text_too_long', field, message, 'Say it shorter, or in an artifact.');
    }
    if (text.includes('\0') || !text.isWellFormed()) {
      const message = 'holds a NUL character or half a character';
      return this.fault('text_invalid', field, message, 'Leave that character out.');
    }
    return text;
  }

  required(field: string, value: unknown, lengthMax: number): string | null {
    const before = this.faults.length;
    const text = this.optional(field, value, lengthMax);
    if (text !== null || this.faults.length > before) return text;
    return this.fault('text_missing', field, 'is missing', 'Say it in a few words.');
  }

  /** Each once, in the order written, empty ones left out. */
  several(
    field: string,
    value: unknown,
    limits: { readonly countMax: number; readonly lengthMax: number },
  ): readonly string[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.fault('text_invalid', field, 'is no list of texts', 'Give it as an array of texts.');
      return [];
    }
    if (value.length > limits.countMax) {
      const message = `has ${value.length} entries; ${limits.countMax} are the most`;
      this.fault('too_many', field, message, 'Leave some out, or join them.');
      return [];
    }
    const texts = value.map((one: unknown) => this.optional(field, one, limits.lengthMax));
    return [...new Set(texts.filter((text) => text !== null))];
  }

  /** One word of visible characters. */
  id(field: string, value: unknown, lengthMax: number): string | null {
    const text = this.optional(field, value, lengthMax);
    if (text === null || !/[\s\p{C}]/u.test(text)) return text;
    const message = `${JSON.stringify(text)} is no single word`;
    return this.fault('id_invalid', field, message, 'Use letters, digits, `-` and `_`.');
  }
}
