import { basename, dirname } from 'node:path';
import type { Client } from '../clients/client.ts';
import { SCOPES } from '../clients/client.ts';
import { CLIENTS } from '../clients/client-table.ts';
import { type Launch, withoutServing, wordsOf } from '../clients/launch.ts';
import { findEntry } from '../clients/plan-setup.ts';
import { isPawlError } from '../domain/errors.ts';
import { unlessGone } from '../listfile/file/file-facts.ts';
import { pause } from '../world/timers.ts';
import {
  type ClientContext,
  type ClientFile,
  clientFiles,
  installedBy,
  readSettings,
} from './client-context.ts';
import type { Check } from './diagnose.ts';
import { operation } from './operation.ts';

export interface DiagnoseClients {
  /** Of this Pawl. */
  readonly version: string;
}

/**
 * Look at the settings of every client that is installed: can they be read, does Pawl's entry start
 * something that is there, runs, and is this Pawl. Changes nothing.
 */
export async function diagnoseClients(
  ctx: ClientContext,
  input: DiagnoseClients,
): Promise<readonly Check[]> {
  return await operation(ctx, { operation: 'diagnose-clients' }, async () => {
    const started = new Map<string, Promise<Sickness | null>>();
    const checks: Check[] = [];
    for (const client of CLIENTS) {
      if ((await installedBy(ctx, client)) === null) continue;
      checks.push(...(await clientChecks(ctx, client, { ...input, started })));
    }
    return checks;
  });
}

/** What keeps an entry from doing what it is for. */
interface Sickness {
  readonly severity: 'warning' | 'fault';
  readonly message: string;
}

interface Looking extends DiagnoseClients {
  /** Clients mostly start the same: it is tried once. */
  readonly started: Map<string, Promise<Sickness | null>>;
}

async function clientChecks(
  ctx: ClientContext,
  client: Client,
  looking: Looking,
): Promise<readonly Check[]> {
  const scopes = SCOPES.filter((scope) => client.files[scope] !== null);
  const files = await Promise.all(scopes.map((scope) => clientFiles(ctx, client, scope)));
  // In a home folder both scopes may mean the same file.
  const each = new Map(files.flat().map((one) => [one.file, one]));
  const checks: Check[] = [];
  for (const file of each.values()) {
    const check = await fileCheck(ctx, file, looking);
    if (check !== null) checks.push(check);
  }
  if (checks.length > 0) return checks;
  const message = `not set up; \`pawl setup ${client.id}\` does it`;
  return [{ name: nameOf(client), ok: true, severity: 'none', message, remedy: '' }];
}

/** Null: it has no entry. */
async function fileCheck(
  ctx: ClientContext,
  { client, scope, file }: ClientFile,
  looking: Looking,
): Promise<Check | null> {
  const name = nameOf(client);
  const where = scope === 'project' ? ' --scope project' : '';
  try {
    const text = await readSettings(ctx.world, file);
    const { entry } = findEntry(client, text ?? '');
    if (entry === null) return null;
    if (entry.launch === null || !entry.isPawl) {
      const message = `${file}: \`${entry.key}\` is somebody else's entry`;
      const remedy = `Rename it, or \`pawl setup ${client.id}${where} --replace ${entry.key}\`.`;
      return { name, ok: false, severity: 'warning', message, remedy };
    }
    const sick = await sicknessOf(ctx, entry.launch, looking);
    const told = `${file}: \`${wordsOf(entry.launch).join(' ')}\``;
    if (sick === null) return { name, ok: true, severity: 'none', message: told, remedy: '' };
    const { severity, message } = sick;
    const remedy = `\`pawl setup ${client.id}${where}\` lets it start this Pawl.`;
    return { name, ok: false, severity, message: `${told} ${message}`, remedy };
  } catch (error) {
    if (!isPawlError(error)) throw error;
    const message = error.message.includes(file) ? error.message : `${file}: ${error.message}`;
    return { name, ok: false, severity: 'warning', message, remedy: error.rule.remedy };
  }
}

function nameOf(client: Client): string {
  return `client ${client.name}`;
}

function sicknessOf(
  ctx: ClientContext,
  launch: Launch,
  { version, started }: Looking,
): Promise<Sickness | null> {
  const key = JSON.stringify(wordsOf(launch));
  const known = started.get(key) ?? lookAt(ctx, launch, version);
  started.set(key, known);
  return known;
}

async function lookAt(
  ctx: ClientContext,
  launch: Launch,
  version: string,
): Promise<Sickness | null> {
  const { files } = ctx.world;
  const isPath = launch.command.includes('/');
  const program = isPath ? launch.command : await ctx.program(launch.command);
  if (program === null || (await files.facts(program)) === null) {
    const message = isPath ? 'names a program that is not there' : 'is not on the PATH';
    return { severity: 'fault', message };
  }
  if (basename(launch.command) === 'npx') return otherVersion(pinnedVersion(launch), version);
  const own = launch.args.find((word) => /^pawl(\.js)?$/.test(basename(word))) ?? program;
  const script = await unlessGone(files.realPath(own));
  if (script === null) return { severity: 'fault', message: `names ${own}, which is not there` };
  const reason = await whyItDoesNotStart(ctx, { command: program, args: launch.args });
  if (reason !== null) return { severity: 'fault', message: reason };
  return otherVersion(await versionBeside(ctx, script), version);
}

function otherVersion(found: string | null, version: string): Sickness | null {
  if (found === null || found === version) return null;
  return { severity: 'warning', message: `is pawl ${found}; this is ${version}` };
}

/** As in `npx -y pawl@1.2.3 mcp`. */
function pinnedVersion({ args }: Launch): string | null {
  return args.map((word) => /^pawl@(\d.*)$/.exec(word)?.[1]).find((found) => found) ?? null;
}

/** Of the package that a script `bin/pawl.js` belongs to. */
async function versionBeside({ world }: ClientContext, script: string): Promise<string | null> {
  const manifest = `${dirname(dirname(script))}/package.json`;
  if ((await world.files.facts(manifest))?.kind !== 'file') return null;
  try {
    const text = new TextDecoder().decode(await world.files.read(manifest));
    const { version } = JSON.parse(text) as { readonly version?: unknown };
    return typeof version === 'string' ? version : null;
  } catch {
    return null; // it starts: which version it is, is all that is not known
  }
}

/** How long a program may take to tell its version. */
const START_DEADLINE_MS = 20_000;

/** The same program with the same Node, asked for its version only; null when it tells it. */
async function whyItDoesNotStart(
  { world, place }: ClientContext,
  launch: Launch,
): Promise<string | null> {
  const { processes, timers } = world;
  const env = Object.fromEntries(
    Object.entries(place.env).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const [first, ...rest] = wordsOf(withoutServing(launch));
  const argv = [first ?? launch.command, ...rest, '--version'] as const;
  const started = processes.startDetached({ argv, cwd: place.root, env });
  const over = new AbortController();
  // The pause also keeps this process waiting: what was started does not.
  const late = pause(timers, START_DEADLINE_MS, over.signal).then(() => null);
  const ended = await Promise.race([started.ended, late]);
  over.abort();
  if (ended === null) {
    processes.signalGroup(started.pid, 'SIGKILL');
    return `did not start within ${START_DEADLINE_MS / 1_000} s`;
  }
  if (ended.spawnError !== undefined) return `cannot be started: ${ended.spawnError.message}`;
  return ended.code === 0 ? null : `ends with ${ended.code ?? ended.signal} instead of starting`;
}
