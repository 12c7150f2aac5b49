import type { ConfigKey } from './execution-config.ts';
import type { ConfigOrigin, ReadConfig } from './read-config.ts';
import { CONFIG_KEYS } from './settings.ts';

/**
 * The text of `config_json` for a run: every option as it is in force, and which of them a person
 * gave. Only those bind a later run; the others follow the project's file and the defaults.
 */
export function storeOptions({ config, origins }: ReadConfig): string {
  const options = CONFIG_KEYS.filter((key) => !LOCAL.includes(key));
  const given = options.filter((key) => KEPT.includes(origins[key]) && !FLEETING.includes(key));
  const values = options.map((key) => [key, config[key]]);
  return JSON.stringify({ ...Object.fromEntries(values), dryRun: false, given });
}

/**
 * What a former run was told and a later one goes on with. Of a record without `given` (one that
 * was written from outside) every option counts. Nonsense is nothing.
 */
export function storedOptions(
  configJson: string | null,
): Partial<Readonly<Record<ConfigKey, unknown>>> {
  const record = parsed(configJson);
  const given = record['given'];
  const bound = Array.isArray(given) ? given : Object.keys(record);
  const keys = CONFIG_KEYS.filter((key) => bound.includes(key) && record[key] !== undefined);
  const kept = keys.filter((key) => !FLEETING.includes(key) && !LOCAL.includes(key));
  return Object.fromEntries(kept.map((key) => [key, record[key]]));
}

/** The same record with one option more, as if a run had been told it. */
export function rememberOption(configJson: string | null, key: ConfigKey, value: unknown): string {
  const given = new Set([...Object.keys(storedOptions(configJson)), key]);
  return JSON.stringify({ ...parsed(configJson), [key]: value, given: [...given] });
}

/** The same record without one option: it binds no later run, and nobody is told of it. */
export function forgetOption(configJson: string | null, key: ConfigKey): string {
  const record = parsed(configJson);
  const given = Object.keys(storedOptions(configJson)).filter((name) => name !== key);
  const others = Object.entries(record).filter(([name]) => name !== key);
  return JSON.stringify({ ...Object.fromEntries(others), given });
}

const KEPT: readonly ConfigOrigin[] = ['override', 'env', 'stored'];
/** Meant for one run, never for the next. */
const FLEETING: readonly ConfigKey[] = ['dryRun', 'watch'];
/** Of this process, not of the list. */
const LOCAL: readonly ConfigKey[] = ['interruptGraceMs', 'listBytesMax', 'labels', 'capacity'];

function parsed(configJson: string | null): Readonly<Record<string, unknown>> {
  if (configJson === null) return {};
  try {
    const value: unknown = JSON.parse(configJson);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : {};
  } catch {
    return {}; // anybody may write the column; no run fails for it
  }
}
