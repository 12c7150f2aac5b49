import { GENERIC_ROLE, ROLE_ALIASES } from './built-in-roles.ts';
import type { KnownRoles } from './known-roles.ts';
import { ROLE_FINDINGS, type Role, type RoleFinding, roleName } from './role.ts';

export interface RoleContext {
  /** The role that is spoken of; null where no role has the name. */
  readonly role: string | null;
  /** For a prompt: markdown without an end of line. */
  readonly text: string;
  /** Why it is a general one, if it is. */
  readonly findings: readonly RoleFinding[];
}

/**
 * What a specialist of this type is told of itself. A name that nobody defines makes a general
 * text from the name, with a finding: work is never held up by a missing role. Pure.
 */
export function roleContext({ roles }: KnownRoles, specialistType: string): RoleContext {
  const role = findRole(roles, specialistType);
  if (role !== null) return { role: role.name, text: roleText(role), findings: [] };
  const name = roleName(specialistType);
  const isGeneric = name === null || name === GENERIC_ROLE;
  return {
    role: null,
    text: roleText(isGeneric ? unnamed : generalRole(name)),
    findings: name === GENERIC_ROLE ? [] : [unknown(specialistType)],
  };
}

/** The role of this name, or that an alias stands for where nobody defines the name itself. */
export function findRole<R extends Role>(roles: readonly R[], written: string): R | null {
  const name = roleName(written);
  if (name === null) return null;
  const named = (wanted: string): R | undefined => roles.find((role) => role.name === wanted);
  const alias = Object.hasOwn(ROLE_ALIASES, name) ? (ROLE_ALIASES[name] as string) : null;
  return named(name) ?? (alias === null ? undefined : named(alias)) ?? null;
}

const WORK = [
  'Read the task, its criteria and the results it builds on before you begin.',
  'Follow the conventions of the project; do this task and nothing else.',
  'Check your work against each criterion before you say that it is done.',
];

const unnamed: Role = {
  name: GENERIC_ROLE,
  definition: 'You are a careful professional who answers for the result of this task.',
  expertise: [],
  approach: WORK,
  outputFormat: 'What was done and where it is, how it was checked, and what is still open.',
};

function generalRole(name: string): Role {
  const words = name.replaceAll('_', ' ');
  return {
    ...unnamed,
    name,
    definition:
      `You are a specialist for this kind of work: ${words}. You bring what an experienced ` +
      `${words} professional knows, and answer for the result of this task.`,
  };
}

function roleText({ name, definition, expertise, approach, outputFormat }: Role): string {
  const parts = [
    `## Your role: ${name.replaceAll('_', ' ')}`,
    definition,
    listed('What you know', expertise),
    listed('How you work', approach),
    outputFormat === '' ? '' : `### What you hand over\n\n${outputFormat}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function listed(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `### ${title}\n\n${items.map((item) => `- ${item.replace(/\n/g, '\n  ')}`).join('\n')}`;
}

const SHOWN_CHARS_MAX = 60;

function unknown(written: string): RoleFinding {
  const code = 'role_unknown';
  const message = `no role is called ${JSON.stringify(written.slice(0, SHOWN_CHARS_MAX))}`;
  const remedy = ROLE_FINDINGS[code];
  return { code, severity: 'info', file: null, line: null, message, remedy };
}
