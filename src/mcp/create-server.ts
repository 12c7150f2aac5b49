import {
  type CallToolResult,
  isInputRequiredResult,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  Server,
  type ServerCapabilities,
} from '@modelcontextprotocol/server';
import { type Call, callOf, type ProtocolEra, TASKS_EXTENSION } from './call.ts';
import type { Catalogue } from './catalogue.ts';
import { isTaskCreated, serveTasks } from './task-extension.ts';

/** What is listed changes with the version of this program only. */
const LIST_TTL_MS = 300_000;

/** Most values a completion is answered with; the protocol's own limit. */
const COMPLETIONS_MAX = 100;

/**
 * A server of the SDK's low level for one connection (stdio) or one request (HTTP), in the era that
 * was asked for. It keeps nothing: whatever a call needs to know is in the call or in the store.
 */
export function createServer(
  catalogue: Catalogue,
  { era }: Pick<McpRequestContext, 'era'>,
): Server {
  const forLists = { ttlMs: LIST_TTL_MS, cacheScope: 'public' } as const;
  const server = new Server(catalogue.info, {
    capabilities: capabilitiesOf(era),
    instructions: catalogue.instructions,
    ...(catalogue.requestState === undefined
      ? {}
      : { requestState: { verify: catalogue.requestState.verify } }),
    cacheHints: {
      'server/discover': forLists,
      'tools/list': forLists,
      'prompts/list': forLists,
      'resources/templates/list': forLists,
      'resources/list': { ttlMs: 0, cacheScope: 'private' },
      'resources/read': { ttlMs: 0, cacheScope: 'private' },
    },
  });
  serveTools(server, era, catalogue);
  serveResources(server, era, catalogue);
  servePrompts(server, era, catalogue);
  if (era === 'modern') serveTasks(server, catalogue.tasks);
  catalogue.prepare?.(server);
  return server;
}

function capabilitiesOf(era: ProtocolEra): ServerCapabilities {
  return {
    tools: { listChanged: true },
    resources: { listChanged: true },
    prompts: { listChanged: true },
    completions: {},
    ...(era === 'modern' ? { extensions: { [TASKS_EXTENSION]: {} } } : {}),
  };
}

function serveTools(server: Server, era: ProtocolEra, { tools, advice }: Catalogue): void {
  const listed = tools.filter((entry) => entry.listed).map((entry) => entry.tool);
  const byName = new Map(tools.map((entry) => [entry.tool.name, entry]));
  server.setRequestHandler('tools/list', ({ params }) => {
    onePage(params?.cursor);
    return { tools: listed };
  });
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const entry = byName.get(params.name);
    if (entry === undefined) {
      const more = advice?.(params.name) ?? null;
      throw invalid(`Unknown tool: ${params.name}${more === null ? '' : `. ${more}`}`);
    }
    const answer = await entry.call(params.arguments ?? {}, callOf(server, era, ctx));
    if (isTaskCreated(answer)) return answer as unknown as CallToolResult;
    if (isInputRequiredResult(answer)) return answer;
    return server.projectCallToolResult(answer as CallToolResult, entry.tool.outputSchema);
  });
}

function serveResources(server: Server, era: ProtocolEra, { resources }: Catalogue): void {
  const { templates } = resources;
  server.setRequestHandler('resources/list', async ({ params }, ctx) => {
    onePage(params?.cursor);
    return { resources: [...(await resources.list(callOf(server, era, ctx)))] };
  });
  server.setRequestHandler('resources/templates/list', ({ params }) => {
    onePage(params?.cursor);
    return { resourceTemplates: [...templates] };
  });
  server.setRequestHandler('resources/read', async ({ params }, ctx) => {
    const found = await resources.read(params.uri, callOf(server, era, ctx));
    if (found === null) throw new ResourceNotFoundError(params.uri);
    return found;
  });
}

function servePrompts(server: Server, era: ProtocolEra, catalogue: Catalogue): void {
  const { prompts } = catalogue;
  const listed = prompts.map(({ prompt }) => prompt);
  const byName = new Map(prompts.map((entry) => [entry.prompt.name, entry]));
  server.setRequestHandler('prompts/list', ({ params }) => {
    onePage(params?.cursor);
    return { prompts: listed };
  });
  server.setRequestHandler('prompts/get', async ({ params }, ctx) => {
    const entry = byName.get(params.name);
    if (entry === undefined) throw invalid(`Unknown prompt: ${params.name}`);
    const given = params.arguments ?? {};
    const missing = (entry.prompt.arguments ?? [])
      .filter(({ name, required }) => required === true && given[name] === undefined)
      .map(({ name }) => name);
    if (missing.length > 0) throw invalid(`${params.name} needs ${missing.join(', ')}`);
    return await entry.get(given, callOf(server, era, ctx));
  });
  server.setRequestHandler('completion/complete', async ({ params }, ctx) => {
    const call: Call = callOf(server, era, ctx);
    const found = await catalogue.complete(params, call);
    const values = found.slice(0, COMPLETIONS_MAX);
    const hasMore = values.length < found.length;
    return { completion: { values, total: found.length, hasMore } };
  });
}

/** Every list of ours fits on one page: a cursor is one that nobody was given. */
function onePage(cursor: string | undefined): void {
  if (cursor !== undefined) throw invalid('Unknown cursor');
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}
