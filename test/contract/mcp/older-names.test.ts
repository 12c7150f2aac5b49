import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { adviceOn, NEVER_OFFERED } from '../../../src/mcp/tools/older-names.ts';
import { toolsOf } from '../../../src/mcp/tools/tools.ts';
import { DoorBench } from './door-bench.ts';
import { OLDER_ARGUMENTS } from './older-arguments.ts';

describe('the names of the older server', () => {
  it('can all be called in the set `all`', () => {
    const names = toolsOf('all').flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(Object.keys(OLDER_ARGUMENTS).filter((name) => !names.includes(name))).toEqual([]);
    expect(Object.keys(OLDER_ARGUMENTS)).toHaveLength(34);
  });

  it.each(Object.entries(OLDER_ARGUMENTS))('%s takes what it took', (name, args) => {
    const tool = toolsOf('all').find((one) => one.name === name || one.aliases?.includes(name));
    expect(tool?.input.safeParse(tool.older?.(args) ?? args).error?.issues ?? []).toEqual([]);
    // Negative control: it is looked at, and not just taken.
    expect(tool?.input.safeParse({ ...args, unheard_of: 1 }).success).toBe(false);
  });

  it('that are offered in another set, or never were, are answered with what to do', async () => {
    const bench = new DoorBench();
    const { client } = await bench.connect('modern');
    const called = async (name: string): Promise<string> =>
      await client.callTool({ name, arguments: {} }).then(
        () => 'called',
        (error: Error) => error.message,
      );
    expect(await called('template_list')).toContain('PAWL_TOOLS=all');
    expect(await called('orchestrator_create_from_template')).toContain('template_instantiate');
    expect(await called('orchestrator_fly')).toMatch(/Unknown tool: orchestrator_fly$/);
    await bench.close();
    expect(adviceOn('template_uninstall', 'core')).toContain('PAWL_TOOLS=all');
    expect(adviceOn('orchestrator_run', 'core')).toContain('PAWL_TOOLS=standard');
    expect(adviceOn('constructor', 'core')).toBe(null);
    const names = toolsOf('all').map(({ name }) => name);
    for (const [name, instead] of Object.entries(NEVER_OFFERED)) {
      expect(names).not.toContain(name);
      expect(names).toContain(instead.split(' ')[0]);
      expect(readFileSync('docs/learn/moving-over.md', 'utf8')).toContain(`\`${name}\``);
    }
  });
});
