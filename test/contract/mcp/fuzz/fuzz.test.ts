import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PawlError } from '../../../../src/domain/errors.ts';
import { type AnyTool, defineTool } from '../../../../src/mcp/tool.ts';
import { toolsOf } from '../../../../src/mcp/tools/tools.ts';
import { planBreakdown } from '../../../../src/operations/plan-breakdown.ts';
import { testDepth } from '../../../support/test-depth.ts';
import { doorUnderFuzz, fuzzedTools } from './door-under-fuzz.ts';
import { FuzzProject } from './fuzz-project.ts';
import { FUZZ_SEED, fuzzTools } from './fuzz-trial.ts';

const CALLS = testDepth.pick({ reduced: 300, full: 16_000 });
const FULL_MS = 3_600_000;

const project = new FuzzProject();
beforeAll(async () => await project.open(), 60_000);
afterAll(() => project.close());

it('a call of any tool is answered or refused, and changes what it was asked to or nothing', {
  timeout: FULL_MS,
}, async () => {
  const tools = fuzzedTools(project.root);
  const names = toolsOf('all').flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect(tools.map(({ name }) => name)).toEqual(names);
  const tally = await fuzzTools({
    ...{ calls: CALLS, perTrial: 100, seed: FUZZ_SEED, tools, project },
    serve: (root) => doorUnderFuzz(root),
  });
  expect(tally.calls).toBeGreaterThanOrEqual(CALLS);
  // Neither may be rare, or it would not be tried.
  expect(tally.accepted).toBeGreaterThan(CALLS / 6);
  expect(tally.refused.size).toBeGreaterThan(8);
});

describe('(negative control) a tool', () => {
  type Definition = Parameters<typeof defineTool>[0];
  const planted = (run: Definition['run'], hints: Definition['hints'] = {}): AnyTool =>
    defineTool({
      ...{ name: 'orchestrator_planted', title: 'Planted', description: 'Planted.', hints, run },
      ...{ input: z.strictObject({ name: z.string().optional() }), example: {} },
    });
  const plan = { description: 'x', subtasks: [{ title: 'x' }], parentTaskId: null };

  /** What the fuzz says of it, with the calls that it says it of. */
  const faultOf = async (tool: AnyTool): Promise<string> => {
    const tools = fuzzedTools(project.root, [tool]).slice(-1);
    const fuzzing = fuzzTools({
      ...{ calls: 20, perTrial: 5, seed: FUZZ_SEED, tools, project },
      serve: (root) => doorUnderFuzz(root, { planted: [tool] }),
    });
    return await fuzzing.then(
      () => 'nothing',
      (error: Error) => `${error.message}\n${(error.cause as Error).message}`,
    );
  };

  it('that changes something before it refuses is caught, by one call', async () => {
    const tool = planted(async (_, { workspace }) => {
      await planBreakdown(workspace, { plan });
      throw new PawlError('usage', 'no');
    });
    const fault = await faultOf(tool);
    expect(fault).toContain('refused with usage, and changed');
    expect(fault).toMatch(
      /Counterexample: \[\[\{"tool":"orchestrator_planted","args":\{[^{}]*\}\}\]\]/,
    );
  });

  it('that throws is caught', async () => {
    const tool = planted(() => {
      throw new TypeError('planted');
    });
    expect(await faultOf(tool)).toMatch(/refused with .*"bug".*planted/);
  });

  it('that says it reads, and writes, is caught', async () => {
    const tool = planted(async (_, { workspace }) => await planBreakdown(workspace, { plan }), {
      reads: true,
    });
    expect(await faultOf(tool)).toContain('it only reads, and changed');
  });

  it('that changes what nobody named is caught', async () => {
    const tool = planted(async (_, { workspace }) => {
      const tasks = await workspace.store.tasks({ statuses: ['queued'] });
      const task = tasks.find(({ list }) => list.startsWith('breakdown:'));
      const change = { title: `planted ${Math.random()}` };
      await workspace.store.updateSubtask({ id: task?.id ?? '', change });
      return { done: true };
    });
    expect(await faultOf(tool)).toContain('nobody asked it to change');
  });
});
