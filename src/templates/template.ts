/** Lengths are in characters (UTF-16 units), sizes in bytes, the rest are counts. */
export const TEMPLATE_LIMITS = {
  bytesMax: 100_000,
  idLengthMax: 100,
  /** How deep objects and lists may lie in each other. */
  depthMax: 20,
  keysMax: 500,
  itemsMax: 1_000,
  textLengthMax: 10_000,
  tasksMax: 500,
  parametersMax: 100,
  /** Templates of which one extends the next. */
  extendsMax: 5,
  /** What is filled in, all texts together. */
  filledLengthMax: 1_000_000,
  /** In one folder. */
  templatesMax: 200,
} as const;

export const PARAMETER_TYPES = ['string', 'number', 'boolean', 'array', 'object'] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** What whoever uses a template is asked for. */
export interface TemplateParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string | null;
  readonly required: boolean;
  /** Undefined: there is none. */
  readonly default: unknown;
  /** A regular expression that a text must match from its beginning. */
  readonly pattern: string | null;
  readonly allowed: readonly unknown[] | null;
  readonly lengthMin: number | null;
  readonly lengthMax: number | null;
  readonly valueMin: number | null;
  readonly valueMax: number | null;
}

/** What must hold for a task to be planned. */
export interface Condition {
  readonly parameter: string;
  /** True: it must not hold. */
  readonly negated: boolean;
  /** The value is one of these; null: it is given, and neither false, 0 nor empty. */
  readonly anyOf: readonly unknown[] | null;
}

/** A task of a template. Its texts may hold `{{parameter}}`. */
export interface TemplateTask {
  /** Its key, with those of the tasks it lies in: `build.test`. Unique in the template. */
  readonly path: string;
  /** The path of the task it lies in. */
  readonly parent: string | null;
  /** How a plan knows it: its key where that is unique, else its path. */
  readonly key: string;
  readonly title: string;
  readonly description: string | null;
  readonly specialistType: string | null;
  readonly estimatedEffort: string | null;
  readonly priority: string | null;
  readonly labels: readonly string[];
  readonly acceptance: readonly string[];
  /** A command line, or an argument vector: only the latter may hold parameters. */
  readonly verify: string | readonly string[] | null;
  /** All must hold. */
  readonly when: readonly Condition[];
  /** Paths of the tasks it waits for; those that lie in it are among them. */
  readonly waitsFor: readonly string[];
}

/** A template in which nothing is amiss. */
export interface Template {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** What a breakdown made of it is called. */
  readonly title: string;
  readonly author: string | null;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly complexity: string | null;
  readonly parameters: readonly TemplateParameter[];
  /** As written, each after those that lie in it. */
  readonly tasks: readonly TemplateTask[];
}

/** Something that keeps a template from being used. */
export interface TemplateFault {
  /** Where: `tasks.build.title`; empty for the whole of it. */
  readonly place: string;
  readonly message: string;
}

export interface ReadTemplate {
  /** Null when there is a fault. */
  readonly template: Template | null;
  readonly faults: readonly TemplateFault[];
  /** What is read other than its author may have meant. */
  readonly notes: readonly string[];
}

const ID = /^[A-Za-z0-9_-]+$/;

/** Names a file, too: letters, digits, `_` and `-`. */
export function isTemplateId(text: string): boolean {
  return text.length <= TEMPLATE_LIMITS.idLengthMax && ID.test(text);
}
