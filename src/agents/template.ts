import { PawlError } from '../domain/errors.ts';

/** What may stand in braces in an agent's command and in a prompt template. */
export const PLACEHOLDERS = [
  'prompt',
  'prompt_file',
  'task.id',
  'task.section',
  'task.description',
  'task.priority',
  'list',
  'attempt',
  'fence',
  'result_file',
  'workspace',
] as const;

export type Placeholder = (typeof PLACEHOLDERS)[number];

export type TemplateValues = Readonly<Record<Placeholder, string>>;

/**
 * Put the values into each element of an argument vector by itself: a value never becomes two
 * arguments and is never looked into again, whatever it holds.
 *
 * @throws usage for a placeholder that is not known; see `fillTemplate`.
 */
export function fillArguments<T extends readonly string[]>(
  argv: T,
  values: TemplateValues,
): { [Index in keyof T]: string } {
  return argv.map((element) => fillTemplate(element, values)) as { [Index in keyof T]: string };
}

/**
 * Put the values into a text. Braces around anything but a lower-case word (`{}`, `{ x }`, JSON)
 * stay as they are; a known or unknown word is kept by doubling the braces: `{{prompt}}`.
 *
 * @throws usage for a word in braces that is no placeholder.
 */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(IN_BRACES, (found) => {
    const word = found.slice(1, -1);
    if (word.startsWith('{')) return word;
    if (isPlaceholder(word)) return values[word];
    throw new PawlError(
      'usage',
      `${found} is no placeholder (known: ${PLACEHOLDERS.join(', ')}). ` +
        `To keep it as text write {${found}}.`,
      { details: { placeholder: word, known: PLACEHOLDERS } },
    );
  });
}

/** `fillTemplate` without values: for refusing a template before anything is started. */
export function checkTemplate(template: string): void {
  fillTemplate(template, NO_VALUES);
}

export function mentions(argv: readonly string[], placeholder: Placeholder): boolean {
  return argv.some((element) =>
    [...element.matchAll(IN_BRACES)].some(([found]) => found === `{${placeholder}}`),
  );
}

const IN_BRACES = /\{\{[a-z][a-z_.]*\}\}|\{[a-z][a-z_.]*\}/g;

function isPlaceholder(word: string): word is Placeholder {
  return (PLACEHOLDERS as readonly string[]).includes(word);
}

const NO_VALUES = Object.fromEntries(PLACEHOLDERS.map((name) => [name, ''])) as TemplateValues;
