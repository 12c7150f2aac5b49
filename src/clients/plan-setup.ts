import { isDeepStrictEqual } from 'node:util';
import { PawlError } from '../domain/errors.ts';
import type { Client } from './client.ts';
import {
  bindTo,
  boundFolder,
  isOlderOrchestrator,
  isPawl,
  type Launch,
  sameLaunch,
} from './launch.ts';
import { serversIn, settingsText } from './settings-format.ts';
import { isRecord, type SettingsPath, valueAt } from './settings-path.ts';
import { type SetupRecord, sha256 } from './setup-record.ts';
import { spliceBetween, undone, undoneAnywhere } from './splice.ts';

/** The key of Pawl's entry, where nothing else is wished: tools are `mcp__pawl__...` then. */
export const ENTRY_KEY = 'pawl';

/** What a settings file holds for Pawl. `launch` null: an entry that starts no program. */
export interface FoundEntry {
  readonly key: string;
  readonly launch: Launch | null;
  readonly isPawl: boolean;
}

export interface FoundEntries {
  /** Pawl's, by whatever key, or whatever stands under its key. */
  readonly entry: FoundEntry | null;
  /** Keys under which the older orchestrator still stands. */
  readonly older: readonly string[];
}

/** @throws PawlError `client_file_invalid`. */
export function findEntry(client: Client, text: string): FoundEntries {
  const servers = serversOf(client, text);
  const found = Object.entries(servers).map(([key, entry]) => {
    const launch = client.shape.launch(entry);
    return { key, launch, isPawl: launch !== null && isPawl(launch) };
  });
  const named = found.find(({ key }) => key === ENTRY_KEY);
  const entry = named?.isPawl === true ? named : (found.find((one) => one.isPawl) ?? named);
  const older = found.filter(({ launch }) => launch !== null && isOlderOrchestrator(launch));
  return { entry: entry ?? null, older: older.map(({ key }) => key) };
}

export interface PlanSetup {
  /** Null: there is no file. */
  readonly text: string | null;
  /** What is known of an earlier set-up of the file. */
  readonly record: SetupRecord | null;
}

export interface WishedEntry {
  readonly launch: Launch;
  /** Work in this folder whatever the client's own is; null leaves an entry as it is in this. */
  readonly folder: string | null;
  /** Take over the entry of this key, and keep all of it but what it starts. */
  readonly replace: string | null;
}

export interface PlannedSetup {
  /** The same as before when nothing is to be changed. */
  readonly text: string;
  readonly key: string;
  readonly record: SetupRecord | null;
}

/**
 * What a settings file becomes so that its client starts Pawl. An entry that is Pawl's already is
 * changed in place, and keeps what its owner added.
 *
 * @throws PawlError `client_file_invalid`; `client_entry_foreign` when something else stands under
 *   Pawl's key; `client_entry_missing` when the entry to take over is not there.
 */
export function planSetup(client: Client, from: PlanSetup, wish: WishedEntry): PlannedSetup {
  const text = from.text ?? '';
  const found = entryMeant(client, text, wish.replace);
  const folder = wish.folder ?? (found?.launch ? boundFolder(found.launch) : null);
  const launch = bindTo(folder, wish.launch);
  const key = found?.key ?? ENTRY_KEY;
  if (found?.launch && sameLaunch(found.launch, launch)) {
    return { text, key, record: from.record };
  }
  const baseline = baselineOf(client, from);
  const after =
    found === null
      ? settingsText(client.format).set(text, [client.container, key], client.shape.entry(launch))
      : withLaunch(client, text, { key, launch });
  const before = from.record?.key === key ? from.record.before : (found?.launch ?? null);
  const record: SetupRecord = {
    key,
    created: baseline === null,
    sha256: sha256(after),
    splice: spliceBetween(baseline ?? '', after),
    before: before !== null && isPawl(before) ? null : before,
    madeContainer:
      from.record?.madeContainer ??
      valueAt(settingsText(client.format).read(text), [client.container]) === undefined,
  };
  return { text: after, key, record };
}

/**
 * What a settings file becomes without Pawl: the file as it was before, if nobody touched it since,
 * else the file without Pawl's entry. Null: no file, as before.
 *
 * @throws PawlError `client_file_invalid`, `client_entry_foreign`.
 */
export function planRemoval(client: Client, { text, record }: PlanSetup): string | null {
  if (text === null) return null;
  if (record !== null && record.sha256 === sha256(text)) {
    return record.created ? null : undone(text, record.splice);
  }
  const { entry } = findEntry(client, text);
  if (entry === null) return text;
  if (!entry.isPawl) throw foreign(client, entry);
  const without = withoutEntry(client, text, entry.key, record);
  const taken = record?.key === entry.key ? undoneAnywhere(text, record.splice) : null;
  const chosen = taken !== null && saysTheSame(client, taken, without) ? taken : without;
  return client.format === 'yaml' && chosen.trim() === '' ? null : chosen;
}

/** What of an entry belongs there, as a person would copy it. */
export function snippet(client: Client, launch: Launch): string {
  const path: SettingsPath = [client.container, ENTRY_KEY];
  return settingsText(client.format).set('', path, client.shape.entry(launch));
}

/** The text without what an earlier set-up put there. */
function baselineOf(client: Client, from: PlanSetup): string | null {
  if (from.text === null || from.record === null) return from.text;
  const { entry } = findEntry(client, from.text);
  return entry?.key === from.record.key && entry.isPawl ? planRemoval(client, from) : from.text;
}

function entryMeant(client: Client, text: string, replace: string | null): FoundEntry | null {
  if (replace === null) {
    const { entry } = findEntry(client, text);
    if (entry !== null && !entry.isPawl) throw foreign(client, entry);
    return entry;
  }
  const entry = serversOf(client, text)[replace];
  if (entry === undefined) {
    const details = { key: replace, container: client.container };
    const message = `\`${client.container}\` has no entry \`${replace}\``;
    throw new PawlError('client_entry_missing', message, { details });
  }
  const launch = client.shape.launch(entry);
  if (launch === null) throw foreign(client, { key: replace });
  return { key: replace, launch, isPawl: isPawl(launch) };
}

function withLaunch(
  client: Client,
  text: string,
  { key, launch }: { readonly key: string; readonly launch: Launch },
): string {
  const editor = settingsText(client.format);
  const entry = serversOf(client, text)[key];
  const changes = client.shape.changes(isRecord(entry) ? entry : {}, launch);
  return changes.reduce(
    (edited, [path, value]) => editor.set(edited, [client.container, key, ...path], value),
    text,
  );
}

function withoutEntry(
  client: Client,
  text: string,
  key: string,
  record: SetupRecord | null,
): string {
  if (record?.key === key && record.before !== null) {
    return withLaunch(client, text, { key, launch: record.before });
  }
  const editor = settingsText(client.format);
  const without = editor.remove(text, [client.container, key]);
  const isEmpty = Object.keys(serversOf(client, without)).length === 0;
  const whole = isEmpty && record?.madeContainer === true && client.format === 'jsonc';
  return whole ? editor.remove(without, [client.container]) : without;
}

function saysTheSame(client: Client, one: string, other: string): boolean {
  const { read } = settingsText(client.format);
  try {
    const servers = (text: string): unknown => serversOf(client, text);
    const rest = (text: string): unknown => {
      const settings = read(text);
      return isRecord(settings) ? { ...settings, [client.container]: null } : settings;
    };
    return (
      isDeepStrictEqual(servers(one), servers(other)) && isDeepStrictEqual(rest(one), rest(other))
    );
  } catch (error) {
    if (error instanceof PawlError) return false; // cut out of a place where it is needed
    throw error;
  }
}

function serversOf(client: Client, text: string): Readonly<Record<string, unknown>> {
  const servers = serversIn(settingsText(client.format).read(text), client.container);
  if (servers !== null) return servers;
  const told = `\`${client.container}\` is no object with servers`;
  throw new PawlError('client_file_invalid', told, { details: { container: client.container } });
}

function foreign(client: Client, { key }: { readonly key: string }): PawlError {
  const message = `\`${client.container}.${key}\` starts something else than Pawl`;
  return new PawlError('client_entry_foreign', message, { details: { key } });
}
