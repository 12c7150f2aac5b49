import type { Client, Scope } from '../clients/client.ts';
import { CLIENTS, clientNamed } from '../clients/client-table.ts';
import { bindTo, type Launch } from '../clients/launch.ts';
import { snippet } from '../clients/plan-setup.ts';
import { isPawlError, type PawlError } from '../domain/errors.ts';
import { type ClientContext, clientFiles, installedBy } from './client-context.ts';
import { type ClientSetup, type SetupClient, setupClient } from './setup-client.ts';

/** The client of that name on the command line. @throws PawlError `usage` with all names. */
export function clientCalled(id: string): Client {
  return clientNamed(id);
}

/** What to do with clients, besides which. */
export interface SetupWish {
  readonly verb: SetupClient['verb'];
  readonly scope: Scope;
  readonly folder: string | null;
  readonly replace: string | null;
}

export interface FailedSetup {
  readonly client: string;
  readonly name: string;
  readonly file: string;
  readonly error: PawlError;
}

export interface LeftOut {
  readonly client: string;
  readonly name: string;
  readonly why: string;
}

export interface SetupClients {
  readonly done: readonly ClientSetup[];
  readonly failed: readonly FailedSetup[];
  readonly leftOut: readonly LeftOut[];
}

/** Set up one client, in all of its settings files. @throws PawlError as `setupClient`. */
export async function setupOneClient(
  ctx: ClientContext,
  client: Client,
  wish: SetupWish,
): Promise<readonly ClientSetup[]> {
  const done: ClientSetup[] = [];
  for (const file of await clientFiles(ctx, client, wish.scope)) {
    const entry = { ...wish, launch: await ctx.launch(wish.scope) };
    done.push(await setupClient(ctx, { ...file, verb: wish.verb, wish: entry }));
  }
  return done;
}

/** Set up every client that is installed. One that cannot be keeps no other from it. */
export async function setupAllClients(ctx: ClientContext, wish: SetupWish): Promise<SetupClients> {
  const clients: Client[] = [];
  const leftOut: LeftOut[] = [];
  for (const client of CLIENTS) {
    const why = await whyNot(ctx, client, wish.scope);
    if (why === null) clients.push(client);
    else leftOut.push({ client: client.id, name: client.name, why });
  }
  return { ...(await setupEachClient(ctx, clients, wish)), leftOut };
}

/** Set up these. One that cannot be keeps no other from it. */
export async function setupEachClient(
  ctx: ClientContext,
  clients: readonly Client[],
  wish: SetupWish,
): Promise<SetupClients> {
  const done: ClientSetup[] = [];
  const failed: FailedSetup[] = [];
  for (const client of clients) {
    for (const file of await clientFiles(ctx, client, wish.scope)) {
      try {
        const entry = { ...wish, launch: await ctx.launch(wish.scope) };
        done.push(await setupClient(ctx, { ...file, verb: wish.verb, wish: entry }));
      } catch (error) {
        if (!isPawlError(error)) throw error;
        failed.push({ client: client.id, name: client.name, file: file.file, error });
      }
    }
  }
  return { done, failed, leftOut: [] };
}

/** What a person would copy into a settings file by hand. */
export interface ClientSnippet {
  readonly client: string;
  readonly name: string;
  readonly scope: Scope;
  readonly file: string;
  readonly snippet: string;
  readonly launch: Launch;
  readonly approval: string;
}

export async function printClient(
  ctx: ClientContext,
  client: Client,
  { scope, folder }: Pick<SetupWish, 'scope' | 'folder'>,
): Promise<readonly ClientSnippet[]> {
  const launch = bindTo(folder, await ctx.launch(scope));
  const { id, name, approval } = client;
  const about = { client: id, name, scope, launch, approval: approval[scope] };
  const files = await clientFiles(ctx, client, scope);
  return files.map(({ file }) => ({ ...about, file, snippet: snippet(client, launch) }));
}

async function whyNot(ctx: ClientContext, client: Client, scope: Scope): Promise<string | null> {
  if (client.files[scope] === null) return 'it has no settings of a project';
  if ((await installedBy(ctx, client)) !== null) return null;
  const { programs } = client;
  const signs = client.signs(ctx.place).join(' and no ');
  const program =
    programs.length === 0 ? '' : `, and no \`${programs.join('` or `')}\` on the PATH`;
  return `not installed: there is no ${signs}${program}`;
}
