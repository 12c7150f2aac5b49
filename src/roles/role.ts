/** What a specialist is told of itself. A role is a prompt, not a process. */
export interface Role {
  /** In small letters, words joined by `_`. */
  readonly name: string;
  /** Who the specialist is, and what it answers for. */
  readonly definition: string;
  readonly expertise: readonly string[];
  readonly approach: readonly string[];
  /** What it hands over, and in which form. */
  readonly outputFormat: string;
}

export type RoleField = Exclude<keyof Role, 'name'>;

/** Each field by the name it has in role files. */
export const ROLE_FIELDS = {
  role_definition: 'definition',
  expertise: 'expertise',
  approach: 'approach',
  output_format: 'outputFormat',
} as const satisfies Readonly<Record<string, RoleField>>;

/** What one file says of a role: any part of it. */
export type RolePart = { readonly name: string } & {
  readonly [F in RoleField]?: Role[F] | undefined;
};

/** Something a person should know about role files; it never keeps other roles from being used. */
export interface RoleFinding {
  readonly code: RoleFindingCode;
  readonly severity: 'info' | 'warning';
  /** Null for what is amiss with no file. */
  readonly file: string | null;
  /** From 1; null where it is about the whole file. */
  readonly line: number | null;
  readonly message: string;
  readonly remedy: string;
}

export const ROLE_FINDINGS = {
  role_file_unreadable: 'Make it a regular file, in the project, that can be read.',
  role_file_too_large: 'Split the file, or shorten it.',
  role_file_invalid: 'Correct the YAML at this line; what could be read of the file is used.',
  role_name_invalid: 'Begin it with a letter; use letters, digits, spaces, `_`, `-` and `.`.',
  role_field_unknown: 'Known are role_definition, expertise, approach and output_format.',
  role_field_invalid: 'Write a text, or a list of texts for expertise and approach.',
  role_too_large: 'Shorten it: the rest is left out.',
  role_twice: 'Keep one of the two: the first is used.',
  role_unknown: 'Define it in `.pawl/roles/NAME.yaml`, or see `pawl roles` for those there are.',
} as const satisfies Record<string, string>;

export type RoleFindingCode = keyof typeof ROLE_FINDINGS;

/** Names are the same when only case, spaces and hyphens differ. Null for what is no name. */
export function roleName(text: string): string | null {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return NAME.test(name) ? name : null;
}

const NAME = /^\p{L}[\p{L}\p{N}_.]{0,59}$/u;
