import process from 'node:process';
import { serveMcp } from '../../app/serve-mcp.ts';
import { environment } from '../../config/environment.ts';
import { readToolSet } from '../../config/tool-set.ts';
import type { Invocation } from '../invocation.ts';

/** `pawl mcp`: serve an MCP client over standard input and output until it goes away. */
export async function mcpCommand({ dir, terminal }: Invocation): Promise<number> {
  const { stdin, stdout } = process;
  const tools = readToolSet(environment());
  await serveMcp({ dir, tools, stdin, stdout, say: (line) => terminal.err(line) });
  stdin.destroy();
  return 0;
}
