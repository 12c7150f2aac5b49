import type { Command } from 'commander';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

const VERBS = [
  ['status', "whether the database's schema is what this Pawl declares"],
  ['plan', 'what a migration would do: its SQL, what it costs, what it must not find'],
  ['dry-run', 'run a migration on a copy of the database, and say what came of it'],
  ['apply', 'migrate now, after a backup; any other command does so when it starts'],
  ['history', 'what was done to the schema, the newest first'],
  ['verify', 'whether the database, its schema and its backups are sound'],
  ['schema', 'the declared schema as SQL'],
] as const;

/** `pawl migrate`: the schema of the database, looked at and changed without opening the store. */
export function addMigrate(program: Command, parts: ProgramParts): void {
  const migrate = withGlobals(program.command('migrate'))
    .description('see, try, make and undo changes of the database schema')
    .addHelpText('after', EXIT_CODES);
  for (const [verb, about] of VERBS) {
    withGlobals(migrate.command(verb))
      .description(about)
      .action(async (_options: unknown, command: Command) => {
        const invocation = parts.invocation(all(command));
        await parts.run(invocation, async () =>
          (await import('./commands/migrate.ts')).migrateCommand(invocation, verb),
        );
      });
  }
  withGlobals(migrate.command('restore'))
    .argument('[backup]', 'a name in the folder of backups, or a path; default: list them')
    .description('put a backup in the place of the database; what was there is kept')
    .action(async (backup: string | undefined, _options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command));
      await parts.run(invocation, async () =>
        (await import('./commands/migrate.ts')).restoreCommand(invocation, backup),
      );
    });
}

const EXIT_CODES = `
Exit codes: 0 in sync or done, 1 error or failed, 3 refused, 5 pending or changed by hand.`;
