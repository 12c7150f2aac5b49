import type { Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Call } from './call.ts';
import type { ToolAnswer, ToolEntry } from './catalogue.ts';
import type { Door } from './door.ts';
import type { ResolvedWorkspace } from './resolve-workspace.ts';
import type { DoorWorkspace } from './workspaces.ts';

/** Who calls, as sessions and claims know it. */
export interface CallingClient {
  readonly name: string;
  readonly version: string | null;
  /** The client's program and process: the same after this server was restarted. */
  readonly clientId: string;
}

/** What a tool has at hand. */
export interface Desk {
  readonly call: Call;
  readonly door: Door;
  readonly workspace: DoorWorkspace;
  readonly place: ResolvedWorkspace;
  readonly client: CallingClient;
  /** Aborts when the caller gave up, or when the call takes longer than any client waits. */
  readonly signal: AbortSignal;
}

type Arguments = Readonly<Record<string, unknown>>;

export interface ToolDefinition<A = Arguments> {
  readonly name: string;
  readonly title: string;
  /** What it does, when to call it, what it answers. */
  readonly description: string;
  readonly hints: {
    readonly reads?: true;
    readonly destroys?: true;
    readonly idempotent?: true;
    /** It starts agents, which may do anything that they are allowed to. */
    readonly open?: true;
  };
  readonly input: z.ZodType<A>;
  /** Names and forms of arguments that the older server had. */
  readonly older?: (args: Arguments) => Arguments;
  /** Older names of the tool; callable, never listed. */
  readonly aliases?: readonly string[];
  /** Make the project's store when there is none. */
  readonly creates?: true;
  /** It reads, or takes over, what only the store of an older orchestrator has. */
  readonly both?: true;
  /** Refuse what a new project would be made for in vain. Changes nothing. */
  readonly check?: (args: A, desk: OutsideDesk) => Promise<void> | void;
  /** What it answers without a store where there is none yet; null when it needs one. */
  readonly absent?: (args: A, desk: OutsideDesk) => Promise<object | null> | object | null;
  /** As the documentation shows it. */
  readonly example: Arguments;
  /** Its answer; hints included. A task that goes on is one, too. */
  run(args: A, desk: Desk): Promise<object>;
}

/** A tool whatever its arguments are. */
export interface AnyTool extends Omit<ToolDefinition, 'input' | 'run' | 'check' | 'absent'> {
  readonly input: z.ZodType;
  run(args: unknown, desk: OutsideDesk): Promise<object>;
}

export type OutsideDesk = Omit<Desk, 'workspace'>;

/** A tool that works in a project. */
export function defineTool<A>(definition: ToolDefinition<A>): AnyTool {
  const { run, check, ...rest } = definition;
  return {
    ...rest,
    run: async (args, desk) => {
      const { creates, absent, both, hints } = definition;
      const { root, exists, older } = desk.place;
      const isOlder = both === true && older;
      if (!exists) await check?.(args as A, desk);
      if (!exists && !isOlder) {
        const answer = (await absent?.(args as A, desk)) ?? null;
        if (answer !== null) return answer;
      }
      const looks = isOlder && hints.reads === true;
      const where = { root, looks, create: creates === true || (isOlder && !looks) };
      return await desk.door.workspaces.use(where, async (workspace, ended) => {
        const signal = AbortSignal.any([desk.signal, ended]);
        return await run(args as A, { ...desk, workspace, signal });
      });
    },
  };
}

/** A tool that keeps no project open while it works. */
export function defineOutsideTool<A>(
  definition: Omit<ToolDefinition<A>, 'run' | 'creates' | 'check' | 'absent'> & {
    run(args: A, desk: OutsideDesk): Promise<object>;
  },
): AnyTool {
  return { ...definition, run: async (args, desk) => await definition.run(args as A, desk) };
}

/** In every tool: where to work. */
export const WORKING_DIRECTORY = z.string().min(1).max(4096).optional();

/** One entry for each name of a tool; `serve` does what all calls have in common. */
export function entriesOf(
  tool: AnyTool,
  serve: (tool: AnyTool, args: Arguments, call: Call) => Promise<ToolAnswer>,
): readonly ToolEntry[] {
  const listed = listing(tool);
  const call: ToolEntry['call'] = async (args, context) => await serve(tool, args, context);
  const aliases = (tool.aliases ?? []).map((name) => ({
    tool: { ...listed, name },
    listed: false,
    call,
  }));
  return [{ tool: listed, listed: true, call }, ...aliases];
}

function listing({ name, title, description, hints, input }: AnyTool): Tool {
  return {
    name,
    title,
    description,
    inputSchema: schemaOf(input),
    annotations: {
      readOnlyHint: hints.reads === true,
      destructiveHint: hints.destroys === true,
      idempotentHint: hints.reads === true || hints.idempotent === true,
      openWorldHint: hints.open === true,
    },
  };
}

/** JSON Schema 2020-12, which is the protocol's default: it need not be named each time. */
function schemaOf(input: z.ZodType): Tool['inputSchema'] {
  const { $schema: _default, ...schema } = z.toJSONSchema(input, { io: 'input' });
  return schema as Tool['inputSchema'];
}
