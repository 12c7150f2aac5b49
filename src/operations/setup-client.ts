import { bindTo, boundFolder, type Launch, sameLaunch } from '../clients/launch.ts';
import {
  type FoundEntry,
  findEntry,
  planRemoval,
  planSetup,
  type WishedEntry,
} from '../clients/plan-setup.ts';
import { readRecord, recordPath, type SetupRecord, writeRecord } from '../clients/setup-record.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';
import { unifiedDiff } from '../domain/unified-diff.ts';
import { redactText } from '../observe/redact.ts';
import { type ClientContext, type ClientFile, readSettings } from './client-context.ts';
import { operation } from './operation.ts';
import { createSettings, OWNER_ONLY, removeSettings, rewriteSettings } from './write-settings.ts';

/**
 * How a settings file stands to what would be written: `absent` has no entry, `differs` one of
 * Pawl's that starts something else, `foreign` one of somebody else's under Pawl's key.
 */
export type ClientStatus = 'in-sync' | 'absent' | 'differs' | 'foreign';

/** What is so, or was done, with one settings file. Names are a public contract. */
export interface ClientSetup {
  readonly client: string;
  readonly name: string;
  readonly scope: string;
  readonly file: string;
  /** After what was done. */
  readonly status: ClientStatus;
  /** Of Pawl's entry, or of the one in its place. */
  readonly key: string | null;
  readonly launch: Launch | null;
  readonly changed: boolean;
  /** What was changed, or would be; without what looks like a secret. */
  readonly diff: string;
  /** The file as it was before. */
  readonly backup: string | null;
  /** What a person has to do next. */
  readonly approval: string;
  /** Entries of the older orchestrator, which `--replace` takes over. */
  readonly older: readonly string[];
}

export interface SetupClient extends ClientFile {
  readonly verb: 'check' | 'set' | 'remove';
  readonly wish: WishedEntry;
}

/**
 * Make a client start Pawl, take that back, or say what would be done. Done twice it changes
 * nothing the second time. The file is replaced as a whole or not at all; mode, owner and links
 * stay; what another program saves meanwhile is read anew and kept.
 *
 * @throws PawlError `client_file_invalid`, `client_file_unreadable`, `client_file_unwritable`,
 *   `client_file_changed`, `client_entry_foreign`, `client_entry_missing`.
 */
export async function setupClient(ctx: ClientContext, input: SetupClient): Promise<ClientSetup> {
  const { client, file, verb } = input;
  const about = { operation: 'setup-client', file, client: client.id };
  return await operation(ctx, about, async () => {
    try {
      if (verb === 'check') return await check(ctx, input);
      return verb === 'set' ? await set(ctx, input) : await remove(ctx, input);
    } catch (cause) {
      throw atFile(cause, input);
    }
  });
}

async function check(ctx: ClientContext, input: SetupClient): Promise<ClientSetup> {
  const { client, file, wish } = input;
  const text = await readSettings(ctx.world, file);
  const found = standing(input, text);
  if (found.status === 'foreign') return { ...found, changed: false, diff: '', backup: null };
  const record = await recordOf(ctx, file);
  const wanted = planSetup(client, { text, record }, wish).text;
  return { ...found, changed: false, diff: diffOf(text, wanted, file), backup: null };
}

async function set(ctx: ClientContext, input: SetupClient): Promise<ClientSetup> {
  const { client, file, wish } = input;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const record = await recordOf(ctx, file);
    let before: string | null = null;
    let planned = { text: '', record };
    const plan = (text: string | null): string => {
      before = text;
      planned = planSetup(client, { text, record }, wish);
      return planned.text;
    };
    const written =
      (await readSettings(ctx.world, file)) === null
        ? await createSettings(ctx, file, plan(null))
        : await rewriteSettings(ctx, file, plan);
    if (written === null) continue;
    const { changed, backup } = written;
    if (changed && planned.record !== null) await keepRecord(ctx, file, planned.record);
    const found = standing(input, planned.text);
    return { ...found, changed, diff: changed ? diffOf(before, planned.text, file) : '', backup };
  }
  throw new PawlError('client_file_changed', `${file} comes and goes`);
}

async function remove(ctx: ClientContext, input: SetupClient): Promise<ClientSetup> {
  const { client, file } = input;
  const record = await recordOf(ctx, file);
  const text = await readSettings(ctx.world, file);
  let before: string | null = text;
  let after: string | null = text;
  const plan = (now: string): string | null => {
    before = now;
    after = planRemoval(client, { text: now, record });
    return after;
  };
  const nothing = { changed: false, backup: null };
  let written: { readonly changed: boolean; readonly backup: string | null } | null = nothing;
  if (text !== null) {
    written =
      plan(text) === null
        ? await removeSettings(ctx, file, text)
        : await rewriteSettings(ctx, file, (now) => plan(now) ?? '');
  }
  if (written === null) throw new PawlError('client_file_changed', `${file} was saved meanwhile`);
  if (written.changed && record !== null) await forget(ctx, file);
  const diff = written.changed ? diffOf(before, after ?? '', file) : '';
  return { ...standing(input, after), ...written, diff, approval: '' };
}

const TRIES_MAX = 5;

/** How the file stands to what is wished. */
function standing(
  { client, scope, file, wish }: SetupClient,
  text: string | null,
): Omit<ClientSetup, 'changed' | 'diff' | 'backup'> {
  const { entry, older } = findEntry(client, text ?? '');
  const about = { client: client.id, name: client.name, scope, file };
  const approval = client.approval[scope];
  const { key = null, launch = null } = entry ?? {};
  return { ...about, status: statusOf(entry, wish), key, launch, approval, older };
}

function statusOf(entry: FoundEntry | null, { launch, folder }: WishedEntry): ClientStatus {
  if (entry === null) return 'absent';
  if (!entry.isPawl || entry.launch === null) return 'foreign';
  const wanted = bindTo(folder ?? boundFolder(entry.launch), launch);
  return sameLaunch(entry.launch, wanted) ? 'in-sync' : 'differs';
}

/** Settings hold others' secrets, and a diff is shown around. */
function diffOf(before: string | null, after: string, file: string): string {
  return redactText(unifiedDiff(before ?? '', after, file));
}

async function recordOf(
  { world, keepIn }: ClientContext,
  file: string,
): Promise<SetupRecord | null> {
  if ((await world.files.facts(file)) === null) return null;
  return await readRecord(world.files, keepIn, await world.files.realPath(file));
}

async function keepRecord(
  { world, keepIn }: ClientContext,
  file: string,
  record: SetupRecord,
): Promise<void> {
  const { files } = world;
  await files.makeDirectory(keepIn, OWNER_ONLY);
  await writeRecord(files, keepIn, await files.realPath(file), record);
}

async function forget({ world, keepIn }: ClientContext, file: string): Promise<void> {
  const { files } = world;
  const isThere = (await files.facts(file)) !== null;
  const path = recordPath(keepIn, isThere ? await files.realPath(file) : file);
  if ((await files.facts(path)) !== null) await files.remove(path);
}

/** Every refusal says of which file it is. */
function atFile(cause: unknown, { client, file }: SetupClient): unknown {
  if (!isPawlError(cause)) return cause;
  const message = cause.message.includes(file) ? cause.message : `${file}: ${cause.message}`;
  const details = { ...cause.details, client: client.id, file };
  return new PawlError(cause.code, message, { details, cause });
}
