import { PawlError } from '../domain/errors.ts';
import { DATABASE_KEYS } from './database-address.ts';
import type { Config, ConfigKey } from './execution-config.ts';
import { type SplitCommand, settingSchema } from './setting-schema.ts';
import { CONFIG_KEYS, SETTINGS } from './settings.ts';

export interface ConfigSources {
  /** What the caller says now: flags by their setting's name, or options of the API. */
  readonly overrides?: Partial<Readonly<Record<ConfigKey, unknown>>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `config_json` of the list's executor; see `storedOptions`. */
  readonly stored?: Partial<Readonly<Record<ConfigKey, unknown>>>;
  /** The parsed content of `.pawl/config.json`, with the name to show for it. */
  readonly file?: { readonly name: string; readonly content: unknown };
  /** Defaults other than the command line's. */
  readonly standards?: Partial<Config>;
  readonly splitCommand: SplitCommand;
}

/** Where a value came from. */
export type ConfigOrigin = 'override' | 'env' | 'stored' | 'file' | 'standard';

export interface ReadConfig {
  readonly config: Config;
  readonly origins: Readonly<Record<ConfigKey, ConfigOrigin>>;
}

/** One thing that is wrong, with the very name under which it was given. */
export interface ConfigFault {
  readonly source: string;
  readonly message: string;
}

/**
 * The settings as they are in force: what is said now, before the environment, before what the
 * list's last run was told, before the project's file, before the defaults.
 *
 * @throws PawlError `config_invalid` with every fault of every source in `details.faults`.
 */
export function readConfig(sources: ConfigSources): ReadConfig {
  const faults: ConfigFault[] = [];
  const file = objectIn(sources.file, faults);
  const values: Partial<Record<ConfigKey, unknown>> = {};
  const origins: Partial<Record<ConfigKey, ConfigOrigin>> = {};
  for (const key of CONFIG_KEYS) {
    const taken = takeSetting(key, { sources, file, faults });
    values[key] = taken.value;
    origins[key] = taken.origin;
  }
  const config = Object.freeze(values) as unknown as Config;
  faults.push(...unknownKeys(file, sources.file?.name ?? ''));
  if (faults.length === 0) faults.push(...contradictions(config));
  if (faults.length > 0) throw configInvalid(faults);
  return { config, origins: Object.freeze(origins) as Readonly<Record<ConfigKey, ConfigOrigin>> };
}

interface Given {
  readonly origin: ConfigOrigin;
  readonly source: string;
  readonly value: unknown;
}

interface Taken {
  readonly origin: ConfigOrigin;
  readonly value: unknown;
}

/** The weakest source first, so that a fault in one that is overridden is told, too. */
function takeSetting(
  key: ConfigKey,
  from: {
    readonly sources: ConfigSources;
    readonly file: Readonly<Record<string, unknown>>;
    readonly faults: ConfigFault[];
  },
): Taken {
  const { sources, file, faults } = from;
  const { flag, env, kind, standard } = SETTINGS[key];
  const sayings: readonly Given[] = [
    { origin: 'standard', source: key, value: sources.standards?.[key] },
    { origin: 'file', source: `${sources.file?.name ?? ''}: ${key}`, value: file[key] },
    { origin: 'stored', source: key, value: sources.stored?.[key] },
    { origin: 'env', source: env ?? '', value: env === null ? undefined : sources.env?.[env] },
    { origin: 'override', source: flag ?? key, value: sources.overrides?.[key] },
  ];
  let taken: Taken = { origin: 'standard', value: standard };
  const given = sayings.filter(({ value }) => value !== undefined);
  // Settings are read at every claim, and of most nobody says anything: schemas are dear to make.
  if (given.length === 0) return taken;
  const schema = settingSchema(kind, sources.splitCommand);
  for (const { origin, source, value } of given) {
    const read = schema.safeParse(value);
    if (read.success) taken = { origin, value: read.data };
    else if (value === null && standard === null) taken = { origin, value };
    // What was stored by another Pawl may be unreadable: then it binds nobody.
    else if (origin !== 'stored') faults.push({ source, message: messageOf(read.error) });
  }
  return taken;
}

function objectIn(
  file: ConfigSources['file'],
  faults: ConfigFault[],
): Readonly<Record<string, unknown>> {
  if (file === undefined) return {};
  const { content, name } = file;
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Readonly<Record<string, unknown>>;
  }
  faults.push({ source: name, message: 'must be an object of settings' });
  return {};
}

const OTHER_KEYS: readonly string[] = ['$schema', ...DATABASE_KEYS];

/** A misspelt setting would otherwise do nothing, silently. `$schema` is an editor's. */
function unknownKeys(
  file: Readonly<Record<string, unknown>>,
  name: string,
): readonly ConfigFault[] {
  return Object.keys(file)
    .filter((key) => !OTHER_KEYS.includes(key) && !(key in SETTINGS))
    .map((key) => ({ source: `${name}: ${key}`, message: 'is no setting' }));
}

function contradictions(config: Config): readonly ConfigFault[] {
  const { heartbeatMs, leaseMs } = config;
  if (heartbeatMs * 2 <= leaseMs) return [];
  const message = `must be at most half of leaseMs (${leaseMs}): one heartbeat may get lost`;
  return [{ source: 'heartbeatMs', message }];
}

function messageOf(error: { readonly issues: readonly { readonly message: string }[] }): string {
  return [...new Set(error.issues.map((issue) => issue.message))].join('; ');
}

function configInvalid(faults: readonly ConfigFault[]): PawlError {
  const lines = faults.map(({ source, message }) => `${source} ${message}`);
  return new PawlError('config_invalid', lines.join('\n'), { details: { faults } });
}
