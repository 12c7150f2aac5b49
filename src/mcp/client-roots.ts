import { inputResponse, type RequestOptions } from '@modelcontextprotocol/server';
import type { Call } from './call.ts';
import type { Workspaces } from './workspaces.ts';

export const ROOTS_KEY = 'roots';

const ROOTS_WITHIN_MS = 2_000;

/**
 * In the newer era a client is asked for its roots by an answer, and calls again: that is worth it
 * only where we know no project without them.
 */
export async function mustAskForRoots(workspaces: Workspaces, call: Call): Promise<boolean> {
  if (call.era !== 'modern' || call.client.capabilities.roots === undefined) return false;
  if (inputResponse(call.sdk.mcpReq.inputResponses, ROOTS_KEY).kind !== 'missing') return false;
  return (await workspaces.locate(workspaces.startDir)).by === 'folder';
}

/** The folders a client works in, as URLs; null when it offers none. */
export async function rootsOf(call: Call): Promise<readonly string[] | null> {
  if (call.client.capabilities.roots === undefined) return null;
  if (call.era === 'modern') {
    const view = inputResponse(call.sdk.mcpReq.inputResponses, ROOTS_KEY);
    return view.kind === 'roots' ? view.roots.map(({ uri }) => uri) : null;
  }
  const options: RequestOptions = { timeout: ROOTS_WITHIN_MS, signal: call.signal };
  try {
    const { roots } = await call.server.listRoots(undefined, options);
    return roots.map(({ uri }) => uri);
  } catch {
    return null; // a client that offers roots and does not name them: as if it offered none
  }
}
