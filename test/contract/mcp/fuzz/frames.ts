import type { Era } from '../door-bench.ts';

const VERSION = '2026-07-28';
const CLIENT = { name: 'fuzz', version: '1' };

/** What every request of the newer era carries. */
const ENVELOPE = {
  'io.modelcontextprotocol/protocolVersion': VERSION,
  'io.modelcontextprotocol/clientInfo': CLIENT,
  'io.modelcontextprotocol/clientCapabilities': {},
};

/** The text of a call whose `params` are given as text. */
export function callText(era: Era, id: number, params: string): string {
  const meta = era === 'modern' ? `"_meta":${JSON.stringify(ENVELOPE)},` : '';
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{${meta}${params.slice(1)}}`;
}

/** What a client of the older era opens with; the first is answered. */
export const HANDSHAKE: readonly string[] = [
  JSON.stringify({
    ...{ jsonrpc: '2.0', id: 0, method: 'initialize' },
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: CLIENT },
  }),
  JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
];

/** What is no request: whatever is answered to it, the next request is answered, too. */
export const GARBAGE: readonly (string | Uint8Array)[] = [
  ...['', '   ', 'this is no frame', 'null', '42', '"text"', '[]', '{}', '{"jsonrpc":"2.0"}'],
  ...['{"jsonrpc":"2.0","id":', '}{', '\u0000', '{"jsonrpc":"2.0","id":"g","result":{}}'],
  ...['{"jsonrpc":"1.0","id":"g","method":"ping"}', '{"jsonrpc":"2.0","id":"g","error":7}'],
  ...['{"jsonrpc":"2.0","id":null,"method":"ping"}', '{"jsonrpc":"2.0","id":{},"method":"ping"}'],
  ...['[{"jsonrpc":"2.0","id":"g","method":"ping"}]', '{"jsonrpc":"2.0","id":"g","method":7}'],
  ...['{"jsonrpc":"2.0","id":"g","method":"__proto__","params":{"__proto__":{"a":1}}}'],
  ...['{"jsonrpc":"2.0","id":"g","method":"tools/call"}'],
  ...['{"jsonrpc":"2.0","id":"g","method":"tools/call","params":[]}'],
  ...['{"jsonrpc":"2.0","id":"g","method":"tools/call","params":{"name":7}}'],
  ...['{"jsonrpc":"2.0","id":"g","method":"tools/call","params":{"name":"orchestrator_none"}}'],
  ...['{"jsonrpc":"2.0","id":"g","method":"resources/read","params":{"uri":"task://%00"}}'],
  ...['{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"none"}}'],
  ...['{"jsonrpc":"2.0","method":"notifications/nonsense","params":{"a":[[[[1]]]]}}'],
  `{"jsonrpc":"2.0","id":"g","method":"ping","params":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  new Uint8Array([0xff, 0xfe, 0x7b, 0xc3, 0x28, 0x7d]),
];
