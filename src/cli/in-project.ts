import { openWorkspace } from '../app/open-workspace.ts';
import type { Workspace } from '../app/workspace.ts';
import type { OlderTrouble } from '../operations/older-store.ts';
import type { Invocation } from './invocation.ts';
import { envelope } from './render/envelope.ts';

/** Open the project that the invocation is about, work in it, and close it whatever happens. */
export async function inProject<T>(
  invocation: Invocation,
  options: {
    readonly create?: boolean;
    readonly listPath?: string | null;
    /** Also where there is only an older store; see `openWorkspace`. */
    readonly both?: boolean;
    /** Also where there is only the address of a server; see `openWorkspace`. */
    readonly anywhere?: boolean;
  },
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { dir } = invocation;
  const listPath = options.listPath ?? null;
  const workspace = await openWorkspace({
    dir,
    ...(listPath === null ? {} : { listPath }),
    create: options.create ?? false,
    both: options.both ?? false,
    anywhere: options.anywhere ?? false,
    warn: (message) => warn(invocation, message),
  });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** What is wrong with an older store never fails a command: it is told, with what to do. */
export function warnOfOlder(invocation: Invocation, trouble: OlderTrouble | null): void {
  if (trouble !== null) {
    warn(invocation, `the older store: ${trouble.message}. ${trouble.remedy}`);
  }
}

/** On standard error, which is JSON lines where standard output is JSON. */
export function warn({ terminal, json }: Invocation, message: string): void {
  const { paint } = terminal;
  terminal.err(
    json ? envelope('warning', { message }) : `${paint('warn', 'pawl: warning')}: ${message}`,
  );
}
