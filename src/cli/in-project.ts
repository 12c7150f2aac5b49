import { openWorkspace } from '../app/open-workspace.ts';
import type { Workspace } from '../app/workspace.ts';
import type { Invocation } from './invocation.ts';
import { envelope } from './render/envelope.ts';

/** Open the project that the invocation is about, work in it, and close it whatever happens. */
export async function inProject<T>(
  invocation: Invocation,
  options: { readonly create?: boolean; readonly listPath?: string | null },
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { terminal, dir, json } = invocation;
  const listPath = options.listPath ?? null;
  const workspace = await openWorkspace({
    dir,
    ...(listPath === null ? {} : { listPath }),
    create: options.create ?? false,
    warn: (message) => terminal.err(warning(message, { json, paint: terminal.paint })),
  });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

/** Standard error is JSON lines where standard output is JSON. */
function warning(
  message: string,
  { json, paint }: { readonly json: boolean; readonly paint: Invocation['terminal']['paint'] },
): string {
  return json ? envelope('warning', { message }) : `${paint('warn', 'pawl: warning')}: ${message}`;
}
