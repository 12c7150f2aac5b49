import { type Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { PawlError } from '../domain/errors.ts';
import { isRecord, type SettingsPath, valueAt } from './settings-path.ts';

/**
 * Continue reads every file of a folder, and a list of servers in each: so Pawl has a file to
 * itself there, and nobody's bytes are touched. Seen from outside its servers have keys, as
 * everywhere.
 *
 * @throws PawlError `client_file_invalid` with the place of the first thing that is wrong.
 */
export function parseOwnFile(text: string): Readonly<Record<string, unknown>> {
  const settings: unknown = documentOf(text).toJS();
  const list = valueAt(settings, [SERVERS]);
  const servers = (Array.isArray(list) ? list : []).filter(isRecord);
  return { [SERVERS]: Object.fromEntries(servers.map(keyed)) };
}

/** A new entry makes the file; a value in one that is there is changed where it stands. */
export function setOwnFile(text: string, path: SettingsPath, value: unknown): string {
  const [, key, ...rest] = path;
  const document = documentOf(text);
  const server = serverOf(document, key);
  const below = rest as readonly string[];
  if (server !== null && below.length > 0) server.setIn(below, value);
  else if (server === null) addServer(document, { name: key, ...(value as object) });
  else replaceServer(document, key, { name: key, ...(value as object) });
  return document.toString({ lineWidth: 0 });
}

/** Null: nothing but Pawl's was in it, so that no file is left. */
export function removeOwnFile(text: string, [, key]: SettingsPath): string {
  const document = documentOf(text);
  const list = document.get(SERVERS);
  if (!isSeq(list)) return text;
  const at = list.items.findIndex((item) => isMap(item) && item.get('name') === key);
  if (at < 0) return text;
  list.delete(at);
  return list.items.length === 0 ? '' : document.toString({ lineWidth: 0 });
}

const SERVERS = 'mcpServers';

const HEADER = ' Written by `pawl setup continue`; `pawl setup continue --remove` takes it away.';

function keyed({ name, ...entry }: Readonly<Record<string, unknown>>): [string, unknown] {
  return [String(name), entry];
}

function documentOf(text: string): Document {
  const document = parseDocument(text, { uniqueKeys: true });
  const [first] = document.errors;
  if (first !== undefined) {
    const [start] = first.linePos ?? [{ line: 1, col: 1 }];
    const place = { line: start.line, column: start.col };
    const told = `line ${place.line}, column ${place.column}: ${first.message.split('\n')[0]}`;
    throw new PawlError('client_file_invalid', told, { cause: first, details: place });
  }
  const isServers = isMap(document.contents) && isSeq(document.get(SERVERS));
  if (document.contents !== null && !isServers) {
    const told = `line 1, column 1: a list \`${SERVERS}\` is needed here`;
    throw new PawlError('client_file_invalid', told, { details: { line: 1, column: 1 } });
  }
  return document as Document;
}

function serverOf(document: Document, key: string | undefined): YAMLMap | null {
  const list = document.get(SERVERS);
  if (!isSeq(list)) return null;
  return list.items.filter((item) => isMap(item)).find((item) => item.get('name') === key) ?? null;
}

function addServer(document: Document, server: object): void {
  const list = document.get(SERVERS);
  if (isSeq(list)) {
    list.add(document.createNode(server));
    return;
  }
  const comment = document.commentBefore;
  const settings = { name: 'Pawl', version: '0.0.1', schema: 'v1', [SERVERS]: [server] };
  document.contents = document.createNode(settings);
  document.commentBefore = comment === null ? HEADER : `${comment}\n${HEADER}`;
}

function replaceServer(document: Document, key: string | undefined, server: object): void {
  const list = document.get(SERVERS);
  if (!isSeq(list)) return;
  const at = list.items.findIndex((item) => isMap(item) && item.get('name') === key);
  list.set(at, document.createNode(server));
}
