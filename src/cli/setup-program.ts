import { type Command, Option } from 'commander';
import type { SetupOptions } from './commands/setup.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

/** `pawl setup`: the settings of the clients that start Pawl. */
export function addSetup(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('setup'))
    .argument('[clients...]', 'claude-code, codex, cursor, vscode ... (docs/learn/clients.md)')
    .option('--all', 'every client that is installed here')
    .option('--check', 'say what would be changed; change nothing (exit code 5 if anything would)')
    .option('--remove', 'take it back: the file is as it was before')
    .option('--print', 'the text that belongs into the settings, and nothing else')
    .addOption(
      new Option('--scope <scope>', 'your own settings, or those of the project')
        .choices(['user', 'project'])
        .default('user'),
    )
    .option('--replace <key>', 'let the entry of that key start Pawl, and keep the rest of it')
    .option('--workspace <dir>', 'work in this folder, whatever folder the client starts it in')
    .description('make an AI client start Pawl (`pawl mcp`), and take that back')
    .addHelpText('after', EXIT_CODES)
    .action(async (clients: readonly string[], _options: unknown, command: Command) => {
      const options = all<SetupOptions>(command);
      const invocation = parts.invocation(options);
      await parts.run(invocation, async () =>
        (await import('./commands/setup.ts')).setupCommand(invocation, clients, options),
      );
    });
}

const EXIT_CODES = `
Exit codes: 0 done or in sync, 1 a file that cannot be read or written, 3 another entry is in the
way, 5 not in sync (--check).`;
