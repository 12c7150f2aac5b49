import { InMemoryTransport, type JSONRPCMessage } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Catalogue } from '../../../../src/mcp/catalogue.ts';
import { createServer } from '../../../../src/mcp/create-server.ts';
import { productCatalogue } from '../../../../src/mcp/product-catalogue.ts';
import { serveTool } from '../../../../src/mcp/serve-tool.ts';
import { type AnyTool, entriesOf } from '../../../../src/mcp/tool.ts';
import { DoorBench, type Era } from '../door-bench.ts';
import type { FuzzedTool } from './any-call.ts';
import { callText, HANDSHAKE } from './frames.ts';
import type { FuzzedServer } from './fuzz-trial.ts';
import type { FuzzReply } from './judge-answer.ts';

/** The product's door in this process, with all its tools under all their names, and some more. */
export function doorUnderFuzz(
  root: string,
  {
    era = 'modern',
    planted = [],
  }: { readonly era?: Era; readonly planted?: readonly AnyTool[] } = {},
): FuzzedServer {
  const bench = new DoorBench({ root });
  const catalogue = catalogueOf(bench, planted);
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  const faults: string[] = [];
  serveStdio((about) => createServer(catalogue, about), {
    transport: ours,
    onerror: (error) => faults.push(String(error.stack ?? error)),
  });
  const waiting = new Map<number, (reply: FuzzReply) => void>();
  theirs.onmessage = (message: JSONRPCMessage) => {
    const { id } = message as { readonly id?: number };
    if (id !== undefined) waiting.get(id)?.(message as FuzzReply);
  };
  const send = async (text: string) => await theirs.send(JSON.parse(text) as JSONRPCMessage);
  const asked = async (id: number, text: string): Promise<FuzzReply> => {
    const { promise, resolve } = Promise.withResolvers<FuzzReply>();
    waiting.set(id, resolve);
    await send(text);
    return await promise;
  };
  const opened = (async () => {
    await theirs.start();
    const [hello = '', ready = ''] = HANDSHAKE;
    if (era === 'modern') return;
    await asked(0, hello);
    await send(ready);
  })();
  let id = 0;
  return {
    tools: catalogue.tools.map(({ tool }) => tool as FuzzedTool),
    call: async (params) => {
      await opened;
      id += 1;
      return await asked(id, callText(era, id, params));
    },
    complaints: () => faults,
    close: async () => {
      await theirs.close();
      await bench.close();
    },
  };
}

/** The tools of such a door, the planted ones last. */
export function fuzzedTools(root: string, planted: readonly AnyTool[] = []): readonly FuzzedTool[] {
  const { tools } = catalogueOf(new DoorBench({ root }), planted);
  return tools.map(({ tool }) => tool as FuzzedTool);
}

function catalogueOf({ door }: DoorBench, planted: readonly AnyTool[]): Catalogue {
  const mine = { ...door, callerId: 'bench/fuzz' };
  const product = productCatalogue(mine, 'all');
  const more = planted.flatMap((tool) =>
    entriesOf(tool, (one, args, call) => serveTool(mine, one, args, call)),
  );
  return { ...product, tools: [...product.tools, ...more] };
}
