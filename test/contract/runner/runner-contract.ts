import { afterAll, describe, it } from 'vitest';
import type { ProgramRunner } from '../../../src/agents/runner.ts';
import type { World } from '../../../src/world/world.ts';
import { adoptsPrograms } from './adopts-programs.ts';
import { AttemptBench } from './attempt-bench.ts';
import type { Context } from './attempt-trial.ts';
import { endsPrograms } from './ends-programs.ts';
import { keepsOutput } from './keeps-output.ts';
import { losesNothing } from './loses-nothing.ts';
import { runsPrograms } from './runs-programs.ts';

/** What every runner of programs must do. `create` gives one that knows nothing yet. */
export function runnerContract(name: string, create: (world: World) => ProgramRunner): void {
  describe(`${name}, as a runner of programs`, () => {
    const context: Context = { bench: new AttemptBench(), create };
    afterAll(async () => {
      await context.bench.clear(create(context.bench.world));
    });
    runsPrograms(context);
    keepsOutput(context);
    endsPrograms(context);
    adoptsPrograms(context);
    losesNothing(context);
    it('leaves no process behind', async () => {
      const { bench } = context;
      await bench.nobodySurvives();
    });
  });
}
