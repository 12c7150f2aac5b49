import { resolve } from 'node:path';
import { openClientContext } from '../../app/client-context.ts';
import { PawlError } from '../../domain/errors.ts';
import type { ClientContext } from '../../operations/client-context.ts';
import {
  type ClientSnippet,
  clientCalled,
  printClient,
  type SetupClients,
  type SetupWish,
  setupAllClients,
  setupEachClient,
  setupOneClient,
} from '../../operations/setup-clients.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { errorData } from '../render/envelope.ts';
import { setupLines } from '../render/setup-lines.ts';

export interface SetupOptions {
  readonly all?: boolean;
  readonly check?: boolean;
  readonly remove?: boolean;
  readonly print?: boolean;
  readonly scope?: string;
  readonly replace?: string;
  readonly workspace?: string;
}

/** `pawl setup CLIENT`: make a client start Pawl, look whether it does, or take that back. */
export async function setupCommand(
  invocation: Invocation,
  names: readonly string[],
  options: SetupOptions,
): Promise<number> {
  const wish = wishOf(invocation, names, options);
  const clients = [...new Set(names)].map(clientCalled);
  const ctx = await openClientContext({ dir: invocation.dir });
  const [first] = clients;
  if (first !== undefined && options.print === true) {
    return print(invocation, await printClient(ctx, first, wish));
  }
  const setups = await setUp(ctx, clients, wish);
  const data = {
    action: wish.verb,
    scope: wish.scope,
    clients: setups.done,
    failed: setups.failed.map(({ error, ...about }) => ({ ...about, error: errorData(error) })),
    leftOut: setups.leftOut,
  };
  answer(invocation, 'setup', data, () =>
    setupLines(setups, { verb: wish.verb, command: invocation.command }, invocation.terminal.paint),
  );
  return exitCodeOf(setups, wish);
}

async function setUp(
  ctx: ClientContext,
  clients: readonly ReturnType<typeof clientCalled>[],
  wish: SetupWish,
): Promise<SetupClients> {
  const [first, ...others] = clients;
  if (first === undefined) return await setupAllClients(ctx, wish);
  if (others.length > 0) return await setupEachClient(ctx, clients, wish);
  return { done: await setupOneClient(ctx, first, wish), failed: [], leftOut: [] };
}

function print(invocation: Invocation, snippets: readonly ClientSnippet[]): number {
  answer(invocation, 'setup', { action: 'print', clients: snippets }, () =>
    // Nothing but the snippet, so that it can be put into a file.
    snippets.slice(0, 1).map(({ snippet }) => snippet.trimEnd()),
  );
  return 0;
}

function wishOf({ dir }: Invocation, names: readonly string[], options: SetupOptions): SetupWish {
  const { all = false, check = false, remove = false, print: prints = false } = options;
  const { replace = null, workspace, scope = 'user' } = options;
  const verbs = [check, remove, prints].filter(Boolean).length;
  const isOne = names.length === 1;
  if ((names.length === 0) !== all) {
    throw new PawlError(
      'usage',
      'name one client or more, or pass --all for those that are installed',
    );
  }
  if (verbs > 1) throw new PawlError('usage', 'choose one of --check, --remove and --print');
  if (!isOne && prints) throw new PawlError('usage', '--print is about one client');
  if (replace !== null && (!isOne || remove || prints)) {
    throw new PawlError('usage', '--replace is about the entry of one client, and no other verb');
  }
  if (scope !== 'user' && scope !== 'project') {
    throw new PawlError('usage', '--scope is user or project');
  }
  const verb = check ? 'check' : remove ? 'remove' : 'set';
  return { verb, scope, replace, folder: workspace === undefined ? null : resolve(dir, workspace) };
}

/** The worst of all: something broken, something not as it should be, all well. */
function exitCodeOf({ done, failed }: SetupClients, { verb }: SetupWish): number {
  const [first] = failed;
  if (first !== undefined) return verb === 'check' ? 1 : first.error.rule.exitCode;
  return verb === 'check' && done.some(({ status }) => status !== 'in-sync') ? 5 : 0;
}
