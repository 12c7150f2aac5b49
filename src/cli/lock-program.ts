import type { Command } from 'commander';
import type { LockReleaseOptions, LockRunOptions } from './commands/lock.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

/** Locks by name, between processes and hosts. */
export function addLocks(program: Command, parts: ProgramParts): void {
  const lock = program.command('lock').description('locks by name, over all hosts');
  withGlobals(lock.command('run'))
    .argument('<name>', 'what only one may work on at a time')
    .argument('<command...>', 'behind `--`: a program and its arguments; no shell')
    .option('--wait <duration>', 'how long to wait for it (default: 10m)')
    .option('--no-wait', 'do not wait')
    .option('--ttl <duration>', 'others may have it so long after we were last heard of (60s)')
    .description('run a command while holding a lock; its fence is in PAWL_LOCK_FENCE')
    .action(async (name: string, argv: readonly string[], _o: unknown, command: Command) => {
      const options = all<LockRunOptions>(command);
      const invocation = parts.invocation(options);
      await parts.run(invocation, async () =>
        (await import('./commands/lock.ts')).lockRunCommand(invocation, { name, argv }, options),
      );
    });
  withGlobals(lock.command('list'))
    .description('who has which lock, since when')
    .action(async (_options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command));
      await parts.run(invocation, async () =>
        (await import('./commands/lock.ts')).lockListCommand(invocation),
      );
    });
  withGlobals(lock.command('release'))
    .argument('<name>', 'a lock whose holder will not release it')
    .option('--fence <n>', 'which acquisition is meant')
    .option('--yes', 'although its holder may be at work: it loses the lock')
    .description('free a lock; of one that was taken anew meanwhile nothing is changed')
    .action(async (name: string, _options: unknown, command: Command) => {
      const options = all<LockReleaseOptions>(command);
      const invocation = parts.invocation(options);
      await parts.run(invocation, async () =>
        (await import('./commands/lock.ts')).lockReleaseCommand(invocation, name, options),
      );
    });
}
