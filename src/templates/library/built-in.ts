/** Under these names the library is installed; the examples are installed by themselves. */
export const LIBRARY_GROUPS = [
  'development',
  'research',
  'creative',
  'business',
  'self_development',
  'examples',
] as const;
export type LibraryGroup = (typeof LIBRARY_GROUPS)[number];

export interface BuiltInTemplate {
  readonly id: string;
  readonly group: LibraryGroup;
  readonly metadata: Metadata;
  readonly parameters: Readonly<Record<string, object>>;
  readonly tasks: Readonly<Record<string, BuiltInTask>>;
}

interface Metadata {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly complexity?: string;
  readonly extends?: string;
}

export interface BuiltInTask {
  readonly title: string;
  readonly specialist_type: string;
  readonly description: string;
  readonly acceptance?: readonly string[];
  readonly dependencies?: readonly string[];
  readonly when?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly priority?: string;
  readonly children?: Readonly<Record<string, BuiltInTask>>;
}

/** A text that must be given. */
export const needed = (description: string, more: object = {}): object => ({
  ...{ type: 'string', description, required: true, min_length: 1, max_length: 200 },
  ...more,
});

/** A text that may be left out. */
export const wished = (description: string, more: object = {}): object => ({
  ...{ type: 'string', description, required: false, max_length: 2_000 },
  ...more,
});

/** Several texts, or none. */
export const several = (description: string): object => ({
  ...{ type: 'array', description, required: false },
});

export const oneOf = (description: string, values: readonly string[], first?: string): object => ({
  ...{ type: 'string', description, enum: values },
  ...(first === undefined ? { required: true } : { required: false, default: first }),
});

export const choice = (description: string, standard: boolean): object => ({
  ...{ type: 'boolean', description, required: false, default: standard },
});

export const amount = (
  description: string,
  [min, max]: readonly [number, number],
  first: number,
) => ({
  ...{ type: 'number', description, required: false, min, max, default: first },
});
