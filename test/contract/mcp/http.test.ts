import { createMcpHandler } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer } from '../../../src/mcp/create-server.ts';
import { productCatalogue } from '../../../src/mcp/product-catalogue.ts';
import { DoorBench } from './door-bench.ts';

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'http', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** The same factory, one server for each request: nothing of a connection is left to rely on. */
describe('the door over HTTP', () => {
  let bench: DoorBench;
  let handler: ReturnType<typeof createMcpHandler>;

  beforeEach(() => {
    bench = new DoorBench();
    const catalogue = productCatalogue(bench.door, 'standard');
    handler = createMcpHandler((about) => createServer(catalogue, about));
  });
  afterEach(async () => {
    await handler.close();
    await bench.close();
  });

  const post = async (headers: Record<string, string>, body: object) => {
    const response = await handler.fetch(
      new Request('http://localhost/mcp', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...body }),
      }),
    );
    const text = await response.text();
    const json = text.startsWith('{') ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? '{}');
    // biome-ignore lint/suspicious/noExplicitAny: an answer from outside, looked at field by field
    return (JSON.parse(json) as { readonly result: any }).result;
  };

  const modern = (name: string, args: object) =>
    post(
      {
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
      { method: 'tools/call', params: { _meta: META, name, arguments: args } },
    );

  const legacy = (name: string, args: object) =>
    post({}, { method: 'tools/call', params: { name, arguments: args } });

  it('serves a loop whose every call is a server of its own, in both eras', async () => {
    const plan = { description: 'Once', subtasks: [{ title: 'A' }, { title: 'B' }] };
    expect(await modern('orchestrator_plan_task', plan)).toMatchObject({
      structuredContent: { total: 2 },
    });
    const { claim } = (await modern('orchestrator_claim_next', {})).structuredContent;
    const done = await legacy('orchestrator_complete_task', { claim, summary: 'done' });
    expect(done.structuredContent).toMatchObject({ outcome: 'succeeded' });
    expect((await legacy('orchestrator_get_status', {})).structuredContent).toMatchObject({
      summary: { completed: 1, ready: 1 },
    });
  });
});
