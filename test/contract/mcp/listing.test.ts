import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toolsOf } from '../../../src/mcp/tools/tools.ts';
import { DoorBench, type Era } from './door-bench.ts';

const BYTES_MAX = 14_000;

const STANDARD = [
  'initialize_session',
  'plan_task',
  'execute_task',
  'complete_task',
  'synthesize_results',
  'get_status',
  'claim_next',
  'heartbeat',
  'query_tasks',
  'update_task',
  'cancel_task',
  'run',
  'maintenance_coordinator',
  'health_check',
  'restart_server',
].map((name) => `orchestrator_${name}`);

describe('what a client is shown', () => {
  let bench: DoorBench;

  beforeAll(() => {
    bench = new DoorBench();
  });
  afterAll(async () => await bench.close());

  const toolsOf = async (era: Era, set: 'core' | 'standard' | 'all' = 'standard') =>
    (await (await bench.connect(era, { set })).client.listTools()).tools;

  it('is fifteen tools in a fixed order, the same in both eras', async () => {
    const modern = await toolsOf('modern');
    expect(modern.map(({ name }) => name)).toEqual(STANDARD);
    expect(JSON.stringify(await toolsOf('legacy'))).toBe(JSON.stringify(modern));
  });

  it(`is no longer than ${BYTES_MAX} bytes`, async () => {
    const bytes = Buffer.byteLength(JSON.stringify({ tools: await toolsOf('modern') }));
    console.log(`tools/list of the default set: ${bytes} bytes`);
    expect(bytes).toBeLessThanOrEqual(BYTES_MAX);
  });

  it('has every hint on every tool, and says what each is for', async () => {
    for (const tool of await toolsOf('modern', 'all')) {
      expect(Object.keys(tool.annotations ?? {}).sort()).toEqual([
        ...['destructiveHint', 'idempotentHint', 'openWorldHint', 'readOnlyHint'],
      ]);
      expect(tool.description?.length).toBeGreaterThan(30);
      expect(tool.inputSchema['additionalProperties']).toBe(false);
      expect(tool.name.length).toBeLessThanOrEqual(40);
    }
  });

  it('grows from set to set, and never shows an alias', async () => {
    const [core, standard, all] = await Promise.all(
      (['core', 'standard', 'all'] as const).map(async (set) =>
        (await toolsOf('modern', set)).map(({ name }) => name),
      ),
    );
    expect(standard?.slice(0, core?.length)).toEqual(core);
    expect(all?.slice(0, standard?.length)).toEqual(standard);
    expect(all).not.toContain('orchestrator_execute_subtask');
  });

  it('comes with instructions that name only tools that are there', async () => {
    const { client } = await bench.connect('legacy');
    const named = client.getInstructions()?.match(/orchestrator_\w+/g) ?? [];
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((name) => !STANDARD.includes(name))).toEqual([]);
  });
});

describe('the page about it', () => {
  it('has every tool with its set, in the order in which they are listed', () => {
    const rows = readFileSync('docs/learn/mcp.md', 'utf8')
      .split('\n')
      .filter((line) => /^\| `(orchestrator|template)_\w+` \| \w+ \|/.test(line));
    const sets = ['core', 'standard', 'all'] as const;
    const setOf = (name: string) =>
      sets.find((set) => toolsOf(set).some((one) => one.name === name));
    expect(rows).toEqual(
      toolsOf('all').map(
        ({ name, description }) => `| \`${name}\` | ${setOf(name)} | ${description} |`,
      ),
    );
  });
});
