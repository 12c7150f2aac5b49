import { inputRequired, ProtocolError } from '@modelcontextprotocol/server';
import { asPawlError } from '../domain/as-pawl-error.ts';
import { PawlError } from '../domain/errors.ts';
import type { Call } from './call.ts';
import type { ToolAnswer } from './catalogue.ts';
import { mustAskForRoots, ROOTS_KEY, rootsOf } from './client-roots.ts';
import type { Door } from './door.ts';
import { answered, readArguments, refused, requireShallow } from './present.ts';
import { resolveWorkspace } from './resolve-workspace.ts';
import { rootOfId } from './rooted-id.ts';
import { isTaskCreated } from './task-extension.ts';
import { type AnyTool, type CallingClient, WORKING_DIRECTORY } from './tool.ts';

/** No client waits longer than a minute for an answer, unless it hears how far we are. */
const ANSWER_WITHIN_MS = 40_000;
const PROGRESS_EVERY_MS = 15_000;
const WITH_PROGRESS_WITHIN_MS = 600_000;

type Arguments = Readonly<Record<string, unknown>>;

/**
 * What all calls of tools have in common: read the arguments, find the project, work in it within
 * the time that clients wait, and word what came of it. Nothing is kept between two calls.
 */
export async function serveTool(
  door: Door,
  tool: AnyTool,
  given: Arguments,
  call: Call,
): Promise<ToolAnswer> {
  let root: string | null = null;
  return await door.underWay.during(async () => {
    const watch = watchOver(door, call);
    try {
      requireShallow(given);
      const wish = wishOf(tool, given);
      if (wish.dir === undefined && wish.root === null) {
        if (await mustAskForRoots(door.workspaces, call)) {
          return inputRequired({ inputRequests: { [ROOTS_KEY]: inputRequired.listRoots() } });
        }
      }
      const roots = async (): Promise<readonly string[] | null> => await rootsOf(call);
      const place = await resolveWorkspace(door.workspaces, { ...wish, roots });
      ({ root } = place);
      const args = readArguments(tool.input, tool.older?.(given) ?? given);
      const client = clientOf(door, call);
      const answer = await tool.run(args, { call, door, place, client, signal: watch.signal });
      return isTaskCreated(answer) ? answer : answered(answer);
    } catch (cause) {
      if (cause instanceof ProtocolError) throw cause;
      return refused(watch.errorOf(cause), root);
    } finally {
      watch.stop();
    }
  });
}

/** Where a call wants to work: found before the rest is read, so that a refusal says it, too. */
function wishOf(
  tool: AnyTool,
  { working_directory: dir, session_id: session }: Arguments,
): { readonly dir: string | undefined; readonly root: string | null } {
  const said = WORKING_DIRECTORY.safeParse(dir);
  if (!said.success) readArguments(tool.input, { working_directory: dir });
  const root = typeof session === 'string' ? rootOfId(session) : null;
  return { dir: said.data, root };
}

function clientOf(door: Door, { client }: Call): CallingClient {
  const name = client.name ?? 'unnamed';
  return { name, version: client.version, clientId: `${name}@${door.callerId}` };
}

interface Watch {
  readonly signal: AbortSignal;
  errorOf(cause: unknown): PawlError;
  stop(): void;
}

/** Ends a call before its client gives up on it, and tells who wants to hear that it goes on. */
function watchOver({ world, log }: Door, call: Call): Watch {
  const late = new AbortController();
  const withinMs = call.wantsProgress ? WITH_PROGRESS_WITHIN_MS : ANSWER_WITHIN_MS;
  const end = world.timers.after(withinMs, () => late.abort(), { unref: true });
  let ticks = 0;
  const tick = (): ReturnType<typeof world.timers.after> =>
    world.timers.after(
      PROGRESS_EVERY_MS,
      () => {
        ticks += 1;
        const said = call.progress(ticks, undefined, 'still at work');
        said.catch((error: unknown) => log.warn('mcp.unheard', { tick: ticks }, error));
        next = tick();
      },
      { unref: true },
    );
  let next = tick();
  return {
    signal: AbortSignal.any([call.signal, late.signal]),
    errorOf: (cause) => {
      const error = asPawlError(cause);
      if (error.code !== 'aborted' || !late.signal.aborted) return error;
      return new PawlError('deadline_exceeded', `no answer within ${withinMs} ms`, { cause });
    },
    stop: () => {
      end.clear();
      next.clear();
    },
  };
}
