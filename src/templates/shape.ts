import type { z } from 'zod';
import { isObject, placeIn } from './parse-template.ts';
import type { TemplateFault } from './template.ts';

/** Gathers what comes up while a template is read. */
export interface Reading {
  readonly faults: TemplateFault[];
  /** Fields that say nothing here, by their places without the names of tasks and parameters. */
  readonly unused: Set<string>;
}

interface Spot {
  readonly place: string;
  /** What fields of its kind are gathered under when they say nothing here. */
  readonly kind: string;
}

/** Read a part of a template; null when it has not that shape, which is a fault then. */
export function shaped<T>(
  schema: z.ZodObject<z.ZodRawShape> & z.ZodType<T>,
  value: unknown,
  { place, kind }: Spot,
  { faults, unused }: Reading,
): T | null {
  if (isObject(value)) {
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(schema.shape, key)) unused.add(kind === '' ? key : `${kind}.${key}`);
    }
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues) {
    const at = path.reduce<string>((within, part) => placeIn(within, String(part)), place);
    faults.push({ place: at, message });
  }
  return null;
}
