import { isDeepStrictEqual } from 'node:util';
import { invariant } from '../domain/errors.ts';
import { removeJsonc, setJsonc } from './jsonc-edit.ts';
import { jsoncValue, parseJsonc } from './jsonc-tree.ts';
import { parseOwnFile, removeOwnFile, setOwnFile } from './own-file.ts';
import { isRecord, plain, type SettingsPath, valueAt, withValueAt } from './settings-path.ts';
import { parseToml, removeToml, setToml } from './toml-edit.ts';

export const FORMATS = ['jsonc', 'toml', 'yaml'] as const;

/** `jsonc`: JSON, with comments and trailing commas or without; `yaml`: a file of Pawl's own. */
export type SettingsFormat = (typeof FORMATS)[number];

/** Texts of one format: read, one value set, one value taken away. */
export interface SettingsText {
  /** @throws PawlError `client_file_invalid` with the place. */
  read(text: string): unknown;
  set(text: string, path: SettingsPath, value: unknown): string;
  remove(text: string, path: SettingsPath): string;
}

/**
 * The editor of a format. Whatever it writes was read again: it says what was wished and nothing
 * else, or it is a bug and nothing is written.
 */
export function settingsText(format: SettingsFormat): SettingsText {
  const { read, set, remove } = EDITORS[format];
  const proven = (text: string, wanted: unknown): string => {
    invariant(
      isDeepStrictEqual(comparable(read(text)), comparable(wanted)),
      'an edit says what it should',
    );
    return text;
  };
  return {
    read,
    set: (text, path, value) =>
      proven(set(text, path, value), withValueAt(read(text), path, value)),
    remove: (text, path) => proven(remove(text, path), withValueAt(read(text), path, undefined)),
  };
}

const EDITORS: Readonly<Record<SettingsFormat, SettingsText>> = {
  jsonc: { read: (text) => jsoncValue(parseJsonc(text)), set: setJsonc, remove: removeJsonc },
  toml: { read: parseToml, set: setToml, remove: removeToml },
  yaml: { read: parseOwnFile, set: setOwnFile, remove: removeOwnFile },
};

/** Whether a table that holds nothing is there or not makes no difference to a client. */
function comparable(settings: unknown): unknown {
  return plain(settings, { empty: false });
}

/** The servers of a settings file by their keys; null where they are no such thing. */
export function serversIn(
  settings: unknown,
  container: string,
): Readonly<Record<string, unknown>> | null {
  const servers = valueAt(settings, [container]);
  if (servers === undefined) return {};
  return isRecord(servers) ? servers : null;
}
