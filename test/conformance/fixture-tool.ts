import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import type { Call } from '../../src/mcp/call.ts';
import type { ToolAnswer, ToolEntry } from '../../src/mcp/catalogue.ts';

type Properties = NonNullable<Tool['inputSchema']['properties']>;

/** A tool of the suite: its names and answers are fixed by the scenarios. */
export function fixtureTool(
  name: string,
  call: (args: Readonly<Record<string, unknown>>, call: Call) => Promise<ToolAnswer> | ToolAnswer,
  properties: Properties = {},
): ToolEntry {
  const tool: Tool = {
    name,
    description: `A fixture of the conformance suite: ${name}.`,
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties,
    },
  };
  return { tool, listed: true, call: async (args, context) => await call(args, context) };
}

export function text(words: string): CallToolResult {
  return { content: [{ type: 'text', text: words }] };
}

/** One red pixel. */
export const PNG = [
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlE',
  'QVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
].join('');

/** A quarter of nothing, as sound. */
export const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA==';
