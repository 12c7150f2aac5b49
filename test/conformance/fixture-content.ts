import { setTimeout as wait } from 'node:timers/promises';
import { MissingRequiredClientCapabilityError, type Tool } from '@modelcontextprotocol/server';
import type { ToolEntry } from '../../src/mcp/catalogue.ts';
import { fixtureTool, PNG, text, WAV } from './fixture-tool.ts';

const STEP_MS = 50;

/** What a tool may answer, and what it may say meanwhile. */
export const CONTENT_TOOLS: readonly ToolEntry[] = [
  fixtureTool('test_simple_text', () => text('This is a simple text response for testing.')),
  fixtureTool('test_image_content', () => ({
    content: [{ type: 'image', data: PNG, mimeType: 'image/png' }],
  })),
  fixtureTool('test_audio_content', () => ({
    content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }],
  })),
  fixtureTool('test_embedded_resource', () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  })),
  fixtureTool('test_multiple_content_types', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  })),
  fixtureTool('test_error_handling', () => ({
    ...text('This tool intentionally returns an error for testing'),
    isError: true,
  })),
  fixtureTool('test_tool_with_logging', async (_args, { sdk }) => {
    await sdk.mcpReq.log('info', 'Tool execution started');
    await wait(STEP_MS);
    await sdk.mcpReq.log('info', 'Tool processing data');
    await wait(STEP_MS);
    await sdk.mcpReq.log('info', 'Tool execution completed');
    return text('logged');
  }),
  fixtureTool('test_logging_tool', async (_args, { sdk }) => {
    await sdk.mcpReq.log('info', 'said only to who asked for it');
    return text('logged');
  }),
  fixtureTool('test_tool_with_progress', async (_args, call) => {
    await call.progress(0, 100);
    await wait(STEP_MS);
    await call.progress(50, 100);
    await wait(STEP_MS);
    await call.progress(100, 100);
    return text('done');
  }),
  fixtureTool('test_reconnection', async (_args, { sdk }) => {
    sdk.http?.closeSSE?.();
    await wait(2 * STEP_MS);
    return text('still here');
  }),
  fixtureTool('test_missing_capability', (_args, { client }) => {
    if (client.capabilities.sampling === undefined) {
      const requiredCapabilities = { sampling: {} };
      throw new MissingRequiredClientCapabilityError({ requiredCapabilities });
    }
    return text('sampling is declared');
  }),
  withSchema('json_schema_2020_12_tool', {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: {
        $anchor: 'addressDef',
        type: 'object',
        properties: { street: { type: 'string' }, city: { type: 'string' } },
      },
    },
    properties: {
      name: { type: 'string' },
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      phone: { type: 'string' },
      email: { type: 'string' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
  }),
];

function withSchema(name: string, inputSchema: Tool['inputSchema']): ToolEntry {
  const entry = fixtureTool(name, () => text('ok'));
  return { ...entry, tool: { ...entry.tool, inputSchema } };
}
