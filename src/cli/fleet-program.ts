import type { Command } from 'commander';
import type { DrainOptions } from './commands/drain.ts';
import type { HostsOptions } from './commands/hosts.ts';
import type { WorkOptions } from './commands/work.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

/** Commands for many servers on one store: `pawl work`, `hosts` and `drain`. */
export function addFleet(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('work'))
    .option('--labels <words>', 'what this host offers to tasks that need it, such as gpu,linux')
    .option('--capacity <n>', 'most tasks at once, over all lists (default: 4)')
    .option('--until-idle', 'leave when nothing runs, is ready, or will be by time alone')
    .option('--events', 'with --json: what happens, as JSON lines, before the summary')
    .description('work on every list that is to be executed, together with other servers')
    .action(async (_options: unknown, command: Command) => {
      const options = all<WorkOptions>(command);
      const invocation = parts.invocation(options);
      await parts.run(invocation, async () =>
        (await import('./commands/work.ts')).workCommand(invocation, options),
      );
    });
  withGlobals(program.command('hosts'))
    .option('--all', 'those too that ended within the last hour')
    .description('the servers that work on this store, with their load and their clocks')
    .action(async (_options: unknown, command: Command) => {
      const options = all<HostsOptions>(command);
      const invocation = parts.invocation(options);
      await parts.run(invocation, async () =>
        (await import('./commands/hosts.ts')).hostsCommand(invocation, options),
      );
    });
  withGlobals(program.command('drain'))
    .argument('<host>', 'a host, or the id of a server (or its end): see `pawl hosts`')
    .option('--within <duration>', 'leave tasks that take longer to others, such as 10m')
    .option('--now', 'leave them at once: their agents are ended, they are queued, uncharged')
    .option('--wait', 'until they have left')
    .option('--undo', 'go on claiming, unless they have left')
    .description('let the servers of a host finish what they run, claim nothing more, and leave')
    .action(async (host: string, _options: unknown, command: Command) => {
      const options = all<DrainOptions>(command);
      const invocation = parts.invocation(options);
      await parts.run(invocation, async () =>
        (await import('./commands/drain.ts')).drainCommand(invocation, host, options),
      );
    });
}
