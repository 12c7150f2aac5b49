import { describe, expect, it } from 'vitest';
import { frameInput } from './frame-input.ts';

const BYTES_MAX = 200;
const request = (change: object): string =>
  JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'ping', ...change });

/** What is handed on, and what is answered, of these chunks. */
async function through(...chunks: readonly (string | Buffer)[]) {
  const refused: string[] = [];
  const input = frameInput({ bytesMax: BYTES_MAX, refuse: (frame) => refused.push(frame) });
  for (const chunk of chunks) input.write(chunk);
  input.end();
  const passed = await input.toArray();
  return { passed: Buffer.concat(passed as Buffer[]).toString(), refused };
}

describe('the input of frames', () => {
  it.each([
    ['`params` must be an object', request({ params: 5 })],
    ['`params` must be an object', request({ params: [1] })],
    ['`params` must be an object', request({ params: null })],
    ['`method` must be a string', request({ method: 7 })],
    ['it is not of JSON-RPC 2.0', request({ jsonrpc: '1.0' })],
    ['see the schema of JSONRPCRequest', request({ more: 1 })],
    ['batches are not taken', `[${request({})}, {"jsonrpc":"2.0","method":"n"}, 5]`],
  ])('answers what would be dropped, that %s', async (reason, frame) => {
    const { passed, refused } = await through(`${frame}\n`);
    expect(passed).toBe('');
    expect(refused.map((line) => JSON.parse(line) as unknown)).toEqual([
      { jsonrpc: '2.0', id: 7, error: { code: -32_600, message: `Invalid Request: ${reason}` } },
    ]);
    expect(refused[0]).toMatch(/^[^\n]*\n$/);
  });

  it.each([
    request({}),
    request({ params: { name: 'x' } }),
    '{"jsonrpc":"2.0","method":"notifications/x","params":5}',
    '{"jsonrpc":"2.0","id":7,"result":5}',
    '{"jsonrpc":"2.0","id":7,"error":5}',
    '{"jsonrpc":"2.0","id":null,"method":"ping","params":5}',
    ...['this is no frame', '', '5', 'null', '[]'],
  ])('hands on what others answer, or nobody waits for: %s', async (frame) => {
    expect(await through(`${frame}\n`)).toEqual({ passed: `${frame}\n`, refused: [] });
  });

  it('goes by lines, however they come, and cuts no letter', async () => {
    const frames = [request({ params: { text: 'schön' } }), request({ params: 5 }), request({})];
    const bytes = Buffer.from(`${frames.join('\n')}\nrest`);
    const { passed, refused } = await through(...[...bytes].map((byte) => Buffer.from([byte])));
    expect(passed).toBe(`${frames[0]}\n${frames[2]}\nrest`);
    expect(refused).toHaveLength(1);
  });

  it('keeps no more of a line than a frame may have', async () => {
    const input = frameInput({ bytesMax: BYTES_MAX, refuse: () => undefined });
    input.write('x'.repeat(BYTES_MAX));
    expect(input.read()).toBeNull();
    input.write('x');
    expect(String(input.read())).toHaveLength(BYTES_MAX + 1);
    input.destroy();
  });
});
