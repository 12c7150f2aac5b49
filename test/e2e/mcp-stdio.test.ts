import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { McpWire, PAWL, scratchRepository } from './mcp-wire.ts';

const run = promisify(execFile);

const PLAN = {
  description: 'Two steps',
  subtasks: [
    { key: 'a', title: 'First' },
    { title: 'Second', dependencies: ['a'] },
  ],
};

describe('pawl mcp over standard input and output', () => {
  let root: string;
  const wires: McpWire[] = [];

  beforeEach(() => {
    root = scratchRepository();
  });
  afterEach(async () => {
    for (const wire of wires.splice(0)) {
      wire.process.kill('SIGKILL');
      await wire.ended;
    }
    rmSync(root, { recursive: true, force: true });
  });

  const open = (env: Readonly<Record<string, string>> = {}): McpWire => {
    const wire = new McpWire(root, { env });
    wires.push(wire);
    return wire;
  };

  it.each(['legacy', 'modern'] as const)('serves the official client (%s)', async (era) => {
    const mode = era === 'modern' ? { pin: '2026-07-28' } : ('legacy' as const);
    const client = new Client({ name: 'e2e', version: '1' }, { versionNegotiation: { mode } });
    const transport = new StdioClientTransport({
      ...{ command: process.execPath, args: [PAWL, 'mcp'], cwd: root },
    });
    await client.connect(transport);
    const call = async (name: string, args: Record<string, unknown>) =>
      (await client.callTool({ name: `orchestrator_${name}`, arguments: args }))
        .structuredContent as Record<string, never>;
    await call('plan_task', PLAN);
    const { claim } = await call('claim_next', {});
    expect(await call('complete_task', { claim, summary: 'done' })).toMatchObject({
      ...{ result: 'ended', outcome: 'succeeded' },
    });
    const board = await client.readResource({ uri: 'pawl://board' });
    expect(JSON.stringify(board)).toContain('Two steps');
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['plan', 'continue', 'hand_over', 'review']);
    const prompt = await client.getPrompt({ name: 'plan', arguments: { goal: 'peace' } });
    expect(JSON.stringify(prompt)).toContain('peace');
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.length).toBeGreaterThan(2);
    await client.close();
  });

  it('writes nothing but the protocol on standard output', async () => {
    const wire = open();
    await wire.call('plan_task', PLAN);
    wire.send({ method: 'nonsense' });
    wire.process.stdin.write('this is no frame\n{"also": "none"}\n');
    expect(await wire.call('get_status')).toMatchObject({ structuredContent: { workspace: root } });
    for (const line of wire.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: '2.0' });
  });

  it.each([
    ['params', { method: 'tools/call', params: 5 }],
    ['params', { method: 'ping', params: ['a'] }],
    ['method', { method: 7 }],
  ])('answers a request whose %s nothing can read: %j', async (what, frame) => {
    const wire = open();
    wire.send({ id: 'g', ...frame });
    expect(await wire.call('get_status')).toMatchObject({ structuredContent: { workspace: root } });
    const answers = wire.lines.map((line) => JSON.parse(line) as { id: unknown; error?: object });
    expect(answers.find(({ id }) => id === 'g')?.error).toEqual({
      ...{ code: -32_600, message: expect.stringContaining(`\`${what}\` must be`) },
    });
  });

  it('writes each answer on one line, however its reader ends lines', async () => {
    const wire = open();
    await wire.call('plan_task', PLAN);
    const parent = 'one\u2028two\u2029three\u0085four';
    const { content } = await wire.call('get_status', { parent_task_id: parent });
    expect(content[0].text).toContain(parent);
    expect(wire.lines.join('')).not.toMatch(/[\u0085\u2028\u2029]/);
  });

  it('ends at the end of its input, after it answered what it had taken', async () => {
    const wire = open();
    const planned = wire.call('plan_task', PLAN);
    wire.process.stdin.end();
    expect(await planned).toMatchObject({ structuredContent: { total: 2 } });
    expect(await wire.ended).toEqual({ code: 0, signal: null });
    expect(await open().call('get_status')).toMatchObject({
      structuredContent: { summary: { tasks: 2 } },
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends by itself at %s', async (signal) => {
    const wire = open();
    await wire.call('plan_task', PLAN);
    wire.process.kill(signal);
    expect(await wire.ended).toEqual({ code: 0, signal: null });
  });

  it('goes on where a killed one ended: what was acknowledged is there, claims too', async () => {
    const first = open();
    await first.call('plan_task', PLAN);
    const { claim, task_id } = (await first.call('claim_next')).structuredContent;
    first.process.kill('SIGKILL');
    await first.ended;
    const second = open();
    const held = await second.call('heartbeat', { claim, percent: 50 });
    expect(held).toMatchObject({ structuredContent: { task_id } });
    const done = await second.call('complete_task', { task_id, summary: 'done' });
    expect(done.structuredContent).toMatchObject({ outcome: 'succeeded' });
  });

  it('restarts inside the process, with a generation that outlives it', async () => {
    const wire = open();
    await wire.call('plan_task', PLAN);
    const { claim } = (await wire.call('claim_next')).structuredContent;
    const generations: number[] = [];
    for (const one of [wire, wire, open()]) {
      const { structuredContent } = await one.call('restart_server', { reason: 'test' });
      generations.push(structuredContent.generation);
    }
    expect(generations).toEqual([1, 2, 3]);
    expect(await wire.call('complete_task', { claim, summary: 'done' })).toMatchObject({
      structuredContent: { outcome: 'succeeded' },
    });
  });

  it('shows the tools that PAWL_TOOLS names, and refuses a set that there is not', async () => {
    const count = async (set: string): Promise<number> =>
      (await open({ PAWL_TOOLS: set }).ask('tools/list')).result.tools.length;
    expect(await count('core')).toBeLessThan(await count('standard'));
    expect(await count('standard')).toBe(15);
    expect(await count('all')).toBe(34);
    const wrong = open({ PAWL_TOOLS: 'everything' });
    expect((await wrong.ended).code).toBe(2);
    expect(wrong.said).toContain('PAWL_TOOLS');
  });

  it('plans from templates of the older server, over its own death', async () => {
    const folder = join(root, '.task_orchestrator/templates/user');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'ours.json5'),
      `{ metadata: { name: 'For {{who}}', version: '1', description: 'D' }, // as it was
         parameters: { who: {}, more: { type: 'boolean', default: false } },
         tasks: { a: { title: 'First' }, b: { title: 'More', when: 'more', dependencies: ['a'] },
                  c: { title: 'Last', dependencies: ['b'] } } }`,
    );
    const first = open({ PAWL_TOOLS: 'all' });
    const use = async (wire: McpWire, name: string, args: object) =>
      (await wire.ask('tools/call', { name, arguments: args })).result;
    const wish = { template_id: 'ours', parameters: { who: 'us' } };
    const { structuredContent: plan } = await use(first, 'template_instantiate', {
      ...{ ...wish, create_tasks: true, request_key: 'once' },
    });
    expect(plan).toMatchObject({ title: 'For us', total: 2, left_out: ['b'] });
    expect(await use(first, 'template_delete', { template_id: 'ours' })).toMatchObject({
      isError: true,
    });
    first.process.kill('SIGKILL');
    await first.ended;
    const second = open({ PAWL_TOOLS: 'all' });
    const again = await use(second, 'template_instantiate', {
      ...{ ...wish, create_tasks: true, request_key: 'once' },
    });
    expect(again.structuredContent.parent_task_id).toBe(plan.parent_task_id);
    const { structuredContent: board } = await second.call('get_status');
    expect(board.lists).toHaveLength(1);
    const { parent_task_id } = plan;
    const work = (await second.call('claim_next', { parent_task_id })).structuredContent;
    expect(work.title).toBe('First');
    await second.call('complete_task', { claim: work.claim, summary: 'done' });
    const next = (await second.call('claim_next', { parent_task_id })).structuredContent;
    expect(next.title).toBe('Last');
    const plain = open();
    const refused = await plain.ask('tools/call', { name: 'template_list', arguments: {} });
    expect(refused.error?.message).toContain('PAWL_TOOLS=all');
  });
});

describe('other clients', () => {
  let root: string;
  beforeEach(() => {
    root = scratchRepository();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const inspector = async (era: string, ...args: readonly string[]) => {
    const argv = ['--cli', '--cwd', root, '--protocol-era', era, process.execPath, PAWL, 'mcp'];
    return await run('node_modules/.bin/mcp-inspector', [...argv, ...args], {
      env: { ...process.env, MCP_CATALOG_PATH: join(root, 'catalog.json') },
    });
  };

  it.each(['legacy', 'modern'])('the Inspector finds nothing amiss (%s)', async (era) => {
    const list = await inspector(era, '--method', 'tools/list', '--strict', '--format', 'json');
    const { tools } = (JSON.parse(list.stdout) as { result: { tools: readonly object[] } }).result;
    expect(tools.length).toBe(15);
    const call = ['--method', 'tools/call', '--tool-name', 'orchestrator_plan_task'];
    const args = ['--tool-args-json', JSON.stringify(PLAN), '--format', 'json', '-q'];
    const planned = await inspector(era, ...call, ...args);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      result: { structuredContent: { total: 2 } },
    });
  });

  it('mcporter lists and calls', async () => {
    const config = join(root, 'mcporter.json');
    const server = { command: process.execPath, args: [PAWL, 'mcp'], cwd: root };
    writeFileSync(config, JSON.stringify({ mcpServers: { pawl: server } }));
    const porter = async (...args: readonly string[]) =>
      await run(process.execPath, [
        ...['node_modules/mcporter/dist/cli.js', '--config', config, ...args],
      ]);
    const listed = await porter('list', 'pawl', '--schema', '--json');
    expect(listed.stdout).toContain('orchestrator_claim_next');
    const called = await porter('call', 'pawl.orchestrator_get_status', '--output', 'json');
    expect(JSON.parse(called.stdout)).toMatchObject({ workspace: root });
  });
});
