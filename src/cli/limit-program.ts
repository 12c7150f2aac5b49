import type { Command } from 'commander';
import type { LimitOptions } from './commands/limit.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

/** How much may run at once, over all hosts. */
export function addLimits(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('limit'))
    .argument('[what...]', 'list PATH N, agent NAME N, label NAME N or global N')
    .option('--clear', 'take the limit away')
    .description('how many tasks may run at once, over all hosts; without arguments: show it')
    .action(async (words: readonly string[], _options: unknown, command: Command) => {
      const options = all<LimitOptions>(command);
      const invocation = parts.invocation(options);
      const pathOf = (path: string): string => parts.resolve(options, path);
      await parts.run(invocation, async () =>
        (await import('./commands/limit.ts')).limitCommand(invocation, words, {
          ...options,
          pathOf,
        }),
      );
    });
}
