import type { Command } from 'commander';
import type { StoreCopyOptions } from './commands/store-copy.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

/** `pawl store`: the database as a whole. */
export function addStore(program: Command, parts: ProgramParts): void {
  const store = withGlobals(program.command('store')).description(
    'copy the database of a project, from a file to a server and back',
  );
  withGlobals(store.command('copy'))
    .requiredOption(
      '--to <place>',
      'a path that does not exist, an empty database’s address, or env:NAME that has it',
    )
    .option('--from <place>', 'a path, an address or env:NAME; default: the store of the project')
    .option('--restart', 'throw away what a copy that was broken off has brought')
    .description('copy the store as of one moment, while others use it, and compare both sides')
    .addHelpText('after', COPY_HELP)
    .action(async (_options: unknown, command: Command) => {
      const options = all<StoreCopyOptions>(command);
      const invocation = parts.invocation(options);
      await parts.run(invocation, async () =>
        (await import('./commands/store-copy.ts')).storeCopyCommand(invocation, options),
      );
    });
}

const COPY_HELP = `
The source is only read and goes on. The copy is a second store: tasks that run in the source are
queued in it. Broken off or killed at any moment it leaves no store behind; the same command goes
on: what was brought is compared with the source as it is then, and not brought again.
To move to it: pawl pause, wait until nothing runs, copy, change the address, pawl resume.`;
