import { z } from 'zod';
import type { ListedTemplate } from '../../operations/list-templates.ts';
import type { ShownTemplate } from '../../operations/show-template.ts';

export const TEMPLATE_ID = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_-]+$/, 'letters, digits, _ and - only');

export const ANY_CATEGORY = z.enum(['builtin', 'user', 'shared']).optional();
export const KEPT_CATEGORY = z.enum(['user', 'shared']);

/** A template as lists show it. */
export function templateBrief(one: ListedTemplate, withMetadata: boolean): object {
  const { id, category, origin, about, faults, inForce, file } = one;
  const { name, description, ...rest } = about ?? { name: null, description: null };
  return {
    ...{ template_id: id, category, origin, name, description },
    // Said only where it is so.
    hidden: inForce ? null : 'another of that id goes before it',
    ...(about === null ? { valid: false, faults: faults.slice(0, 3) } : {}),
    ...(withMetadata ? { ...rest, file } : {}),
  };
}

/** Where a template is, and whether it can be used. */
export function templatePlace(shown: ShownTemplate): object {
  const { id, category, origin, file, sha256, faults, notes, template } = shown;
  return {
    ...{ template_id: id, category, origin, file, content_hash: sha256 },
    ...{ valid: template !== null, faults, notes },
  };
}

type Shown = NonNullable<ShownTemplate['template']>;

export function parameterBriefs({ parameters }: Shown): readonly object[] {
  return parameters.map((one) => ({
    ...{ name: one.name, type: one.type, description: one.description, required: one.required },
    ...{ default: one.default, allowed_values: one.allowed, pattern: one.pattern },
    ...{ min_length: one.lengthMin, max_length: one.lengthMax },
    ...{ min_value: one.valueMin, max_value: one.valueMax },
  }));
}

export function taskBriefs({ tasks }: Shown): readonly object[] {
  return tasks.map((one) => ({
    ...{ key: one.path, title: one.title, specialist_type: one.specialistType },
    ...{ dependencies: one.waitsFor, verify: one.verify },
    when: one.when.map(({ parameter, negated, anyOf }) => {
      if (anyOf === null) return negated ? `not ${parameter}` : parameter;
      return `${parameter}: ${anyOf.map(String).join(' or ')}`;
    }),
  }));
}
