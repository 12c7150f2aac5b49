import { checkTemplate } from './check-template.ts';
import { isObject, parseTemplate, type RawTemplate } from './parse-template.ts';
import {
  isTemplateId,
  type ReadTemplate,
  TEMPLATE_LIMITS,
  type TemplateFault,
} from './template.ts';

/** The text of the template with that id; null when there is none. */
export type TemplateTexts = (templateId: string) => Promise<string | null>;

/**
 * Read a template with all that it extends: what it says itself goes before what its parent says,
 * field by field of `metadata`, parameter by parameter, task by task.
 */
export async function readTemplate(text: string, texts: TemplateTexts): Promise<ReadTemplate> {
  const parsed = parseTemplate(text);
  if (parsed.raw === null) return { template: null, faults: parsed.faults, notes: [] };
  const chain: RawTemplate[] = [parsed.raw];
  const seen = new Set<string>();
  const fault = (message: string): ReadTemplate => {
    return { template: null, faults: [{ place: 'metadata.extends', message }], notes: [] };
  };
  for (let parent = parentOf(parsed.raw); parent !== null; ) {
    if (seen.has(parent))
      return fault(`${[...seen, parent].join(' extends ')}, and so on for ever`);
    seen.add(parent);
    const { extendsMax } = TEMPLATE_LIMITS;
    if (seen.size > extendsMax) return fault(`more than ${extendsMax} templates extend each other`);
    const found = isTemplateId(parent) ? await texts(parent) : null;
    if (found === null) return fault(`there is no template ${parent.slice(0, 100)}`);
    const { raw, faults } = parseTemplate(found);
    if (raw === null) return fault(`${parent}: ${faults[0]?.message ?? 'cannot be read'}`);
    chain.push(raw);
    parent = parentOf(raw);
  }
  return checkTemplate(chain.toReversed().reduce(merged));
}

function parentOf({ metadata }: RawTemplate): string | null {
  const parent = isObject(metadata) ? metadata['extends'] : null;
  return typeof parent === 'string' && parent.trim() !== '' ? parent.trim() : null;
}

const MERGED = ['metadata', 'parameters', 'tasks'] as const;

function merged(parent: RawTemplate, child: RawTemplate): RawTemplate {
  const all = new Map(Object.entries({ ...parent, ...child }));
  for (const section of MERGED) {
    const [theirs, own] = [parent[section], child[section]];
    if (isObject(theirs) && isObject(own)) all.set(section, { ...theirs, ...own });
  }
  return Object.fromEntries(all);
}

/** Faults as one line each. */
export function faultLines(faults: readonly TemplateFault[]): readonly string[] {
  return faults.map(({ place, message }) => (place === '' ? message : `${place}: ${message}`));
}
