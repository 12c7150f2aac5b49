import type { Files } from '../world/files.ts';
import { parseRoles } from './parse-roles.ts';
import { ROLE_FINDINGS, type RoleFinding, type RoleFindingCode, type RolePart } from './role.ts';

/** Where role files are looked for. */
export interface RolePlaces {
  /** The project's root, absolute. */
  readonly root: string;
  /** `.pawl` in it. */
  readonly stateDir: string;
  /** The user's own folder; null where there is none. */
  readonly userDir: string | null;
}

export const ROLES_DIR = 'roles';
export const ROLE_FILE_BYTES_MAX = 256 * 1024;
export const ROLE_FILES_MAX = 64;

/** Who said it: the first of two that say the same field of the same role is heard. */
export type RoleSource = 'project' | 'user' | 'built-in' | 'older-defaults';

export interface ReadRoleParts {
  /** The strongest first. */
  readonly parts: readonly {
    readonly source: Exclude<RoleSource, 'built-in'>;
    readonly file: string;
    readonly part: RolePart;
  }[];
  readonly findings: readonly RoleFinding[];
}

interface RoleFolder {
  readonly source: 'project' | 'user';
  readonly folder: string;
  readonly names: RegExp;
  /** What is read must lie in it, wherever links lead. */
  readonly within: string;
}

const YAML = /^[^.].*\.ya?ml$/i;
const ROLES_YAML = /^[^.].*_roles\.ya?ml$/i;
/** What the older server wrote by itself; its texts are nobody's choice. */
const OLDER_DEFAULTS = '.task_orchestrator/roles/default_roles.yaml';

/**
 * Read all role files there are: the project's, those that the older orchestrator left in it, and
 * the user's. Writes nothing, and makes no folder; a file that cannot be used is a finding.
 */
export async function readRoleParts(files: Files, places: RolePlaces): Promise<ReadRoleParts> {
  const { root, stateDir, userDir } = places;
  const project = { source: 'project', within: root } as const;
  const folders: readonly RoleFolder[] = [
    { ...project, folder: `${stateDir}/${ROLES_DIR}`, names: YAML },
    { ...project, folder: root, names: ROLES_YAML },
    { ...project, folder: `${root}/.task_orchestrator/roles`, names: YAML },
    ...(userDir === null
      ? []
      : [{ source: 'user', folder: userDir, names: YAML, within: userDir } as const]),
  ];
  const parts: ReadRoleParts['parts'][number][] = [];
  const findings: RoleFinding[] = [];
  for (const place of folders) {
    for (const file of await roleFilesIn(files, place, findings)) {
      const parsed = parseRoles(await textOf(files, place, file, findings), file);
      const isOlder = file === `${root}/${OLDER_DEFAULTS}`;
      const source = isOlder ? 'older-defaults' : place.source;
      parts.push(...parsed.parts.map((part) => ({ source, file, part }) as const));
      findings.push(...parsed.findings);
    }
  }
  return { parts, findings };
}

async function roleFilesIn(
  files: Files,
  { folder, names }: RoleFolder,
  findings: RoleFinding[],
): Promise<readonly string[]> {
  const all = await namesIn(files, folder).catch((error: unknown) => {
    if (!isMissing(error)) findings.push(fileFinding('role_file_unreadable', folder, error));
    return [];
  });
  const found = all.filter((name) => names.test(name)).toSorted();
  if (found.length > ROLE_FILES_MAX) {
    const reason = `it has more than ${ROLE_FILES_MAX} role files`;
    findings.push(fileFinding('role_file_too_large', folder, reason));
  }
  return found.slice(0, ROLE_FILES_MAX).map((name) => `${folder === '/' ? '' : folder}/${name}`);
}

/** Most such folders are not there, and an error takes many times as long as a look. */
async function namesIn(files: Files, folder: string): Promise<readonly string[]> {
  return (await files.facts(folder)) === null ? [] : await files.names(folder);
}

/** Empty where it is not to be read, with a finding that says why. */
async function textOf(
  files: Files,
  { within }: RoleFolder,
  file: string,
  findings: RoleFinding[],
): Promise<string> {
  const refuse = (code: RoleFindingCode, reason: unknown): string => {
    findings.push(fileFinding(code, file, reason));
    return '';
  };
  try {
    const real = await files.realPath(file);
    if (!real.startsWith(`${await files.realPath(within)}/`)) {
      return refuse('role_file_unreadable', 'it is a link that leads elsewhere');
    }
    const facts = await files.facts(real);
    if (facts?.kind !== 'file') return refuse('role_file_unreadable', 'it is no regular file');
    if (facts.size > ROLE_FILE_BYTES_MAX) {
      return refuse('role_file_too_large', `it is larger than ${ROLE_FILE_BYTES_MAX} bytes`);
    }
    const bytes = await files.readRange(real, 0, ROLE_FILE_BYTES_MAX);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    return refuse('role_file_unreadable', error);
  }
}

function fileFinding(code: RoleFindingCode, file: string, reason: unknown): RoleFinding {
  const message = reason instanceof Error ? reason.message : String(reason);
  return { code, severity: 'warning', file, line: null, message, remedy: ROLE_FINDINGS[code] };
}

function isMissing(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return code === 'ENOENT' || code === 'ENOTDIR';
}
