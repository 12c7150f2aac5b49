import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Era } from '../contract/mcp/door-bench.ts';
import { fuzzedTools } from '../contract/mcp/fuzz/door-under-fuzz.ts';
import { FuzzProject } from '../contract/mcp/fuzz/fuzz-project.ts';
import { FUZZ_SEED, fuzzTools } from '../contract/mcp/fuzz/fuzz-trial.ts';
import { processUnderFuzz } from '../contract/mcp/fuzz/process-under-fuzz.ts';
import { testDepth } from '../support/test-depth.ts';
import { PAWL } from './mcp-wire.ts';

const CALLS = testDepth.pick({ reduced: 80, full: 2_000 });

interface Depth {
  readonly calls: number;
  readonly shrink?: boolean;
}

const project = new FuzzProject();
beforeAll(async () => await project.open(), 60_000);
afterAll(() => project.close());

const fuzz = async (era: Era, pawl: string, { calls, shrink = true }: Depth) => {
  const tools = fuzzedTools(project.root);
  const command = [process.execPath, pawl, 'mcp'] as const;
  return await fuzzTools({
    ...{ calls, perTrial: 100, seed: FUZZ_SEED, tools, project, shrink },
    serve: (root) => processUnderFuzz({ root, tools, command: [...command], era }),
  });
};

it.each(['modern', 'legacy'] as const)(
  'whatever a client sends, only messages come out, and the next is answered (%s)',
  { timeout: testDepth.pick({ reduced: 300_000, full: 3_600_000 }) },
  async (era) => {
    const { calls } = await fuzz(era, PAWL, { calls: CALLS });
    expect(calls).toBeGreaterThanOrEqual(CALLS);
  },
);

describe('(negative control) a server', () => {
  const faultOf = async (beside: string): Promise<string> => {
    const spoilt = join(project.folder, '..', `pawl-spoilt-${process.pid}.mjs`);
    writeFileSync(spoilt, `${beside}\nawait import(${JSON.stringify(PAWL)});\n`);
    return await fuzz('modern', spoilt, { calls: 5, shrink: false }).then(
      () => 'nothing',
      (error: Error) => `${error.message}\n${(error.cause as Error).message}`,
    );
  };

  it.each([
    ['console.log("started");', /on standard output: started/],
    ['console.error(new Error("planted").stack);', /on standard error: Error: planted/],
    ['setTimeout(() => process.exit(3), 700);', /it ended with 3|the process is gone/],
  ])('with %j beside it is caught', async (beside, fault) => {
    expect(await faultOf(beside)).toMatch(fault);
  });
});
