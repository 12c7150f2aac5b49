import { PawlError } from '../domain/errors.ts';

/** A store on a server instead of a file in `.pawl`. Both addresses may hold secrets. */
export interface DatabaseAddress {
  readonly url: string;
  /** The same database without a pooler in between; null: `url` leads there directly. */
  readonly directUrl: string | null;
}

/** What may stand in `.pawl/config.json` besides the settings of executing lists. */
export const DATABASE_KEYS = ['databaseUrl', 'databaseDirectUrl'] as const;
const VARIABLES = ['PAWL_DATABASE_URL', 'PAWL_DATABASE_DIRECT_URL'] as const;

export interface DatabaseSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The parsed content of the project's file, with the name to show for it. */
  readonly file?: { readonly name: string; readonly content: unknown } | undefined;
}

/**
 * Where the store is: the environment before the project's file; null for the project's own
 * database. An empty variable counts as none.
 *
 * @throws PawlError `config_invalid`, which does not repeat the address.
 */
export function databaseAddress(sources: DatabaseSources): DatabaseAddress | null {
  const [url, directUrl] = DATABASE_KEYS.map((key, at) => taken(key, at, sources));
  if (url === null || url === undefined) return null;
  return { url, directUrl: directUrl ?? null };
}

function taken(
  key: (typeof DATABASE_KEYS)[number],
  at: number,
  { env, file }: DatabaseSources,
): string | null {
  const variable = VARIABLES[at] ?? '';
  const said = env[variable];
  if (said !== undefined && said !== '') return checked(variable, said);
  const content = file?.content;
  const kept =
    typeof content === 'object' && content !== null
      ? (content as Readonly<Record<string, unknown>>)[key]
      : undefined;
  return kept === undefined || kept === null ? null : checked(`${file?.name}: ${key}`, kept);
}

function checked(source: string, value: unknown): string {
  if (typeof value === 'string' && /^postgres(ql)?:\/\/./.test(value)) return value;
  const message = 'must be an address such as postgres://user:password@host:5432/name';
  throw new PawlError('config_invalid', `${source} ${message}`, {
    details: { faults: [{ source, message }] },
  });
}
