import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClaimKeeper, type LivingClaimKeeper } from '../../src/app/claim-keeper.ts';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import type { Workspace } from '../../src/app/workspace.ts';
import type { Caller, ClaimContext } from '../../src/operations/claim-context.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import type { World } from '../../src/world/world.ts';

/** A process that clients talk to: a workspace and what holds tasks in it. */
export class ClientServer {
  readonly workspace: Workspace;
  readonly keeper: LivingClaimKeeper;
  readonly ctx: ClaimContext;

  constructor(workspace: Workspace, keeper: LivingClaimKeeper) {
    this.workspace = workspace;
    this.keeper = keeper;
    this.ctx = Object.create(workspace, { claims: { value: keeper } }) as ClaimContext;
  }

  async close(): Promise<void> {
    await this.keeper.stop();
    await this.workspace.close();
  }
}

export async function openServer(root: string, world?: World): Promise<ClientServer> {
  const workspace = await openWorkspace({
    ...{ dir: root, create: true, warn: () => undefined },
    ...(world === undefined ? {} : { world }),
  });
  return new ClientServer(workspace, await createClaimKeeper(workspace));
}

/** A client of that name. */
export function caller(name: string, change: Partial<Caller> = {}): Caller {
  const session = { sessionId: `session-of-${name}`, clientId: `id-of-${name}` };
  return { ...session, name, version: '1', inside: null, ...change };
}

/** A folder of its own with a list of these lines. */
export class ClientProject {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-clients-')));
  readonly list = join(this.root, 'tasks.md');
  readonly #servers: ClientServer[] = [];

  constructor(rows: readonly string[]) {
    mkdirSync(join(this.root, '.pawl'));
    const head = ['# Clients', '', '| ID | Task | Depends | Status |', '|--|--|--|--|'];
    writeFileSync(this.list, [...head, ...rows, ''].join('\n'));
  }

  /** Another process that clients talk to, as far as the store can tell. */
  async serve(): Promise<ClientServer> {
    const server = await openServer(this.root);
    this.#servers.push(server);
    return server;
  }

  /** Load the list; gives its id. */
  async load({ workspace }: ClientServer): Promise<string> {
    return (await loadTaskList(workspace, { path: this.list })).list.listId;
  }

  async remove(): Promise<void> {
    for (const server of this.#servers) await server.close();
    rmSync(this.root, { recursive: true, force: true });
  }
}
