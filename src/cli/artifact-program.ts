import type { Command } from 'commander';
import type { ArtifactOptions } from './commands/artifact.ts';
import type { ArtifactsOptions } from './commands/artifacts.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

/** What attempts brought forth, and the roles that they are written for. */
export function addArtifacts(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('artifacts'))
    .argument('[id]', 'a task; default: every task')
    .argument('[path]', 'its list')
    .option('--limit <n>', 'how many (default: 100)')
    .option('--cursor <text>', 'go on where an earlier answer ended')
    .description('what attempts brought forth: name, size, task')
    .action(async (id: string | undefined, path: string | undefined, _o: unknown, c: Command) => {
      const options = all<ArtifactsOptions>(c);
      const invocation = parts.invocation(options, path);
      await parts.run(invocation, async () =>
        (await import('./commands/artifacts.ts')).artifactsCommand(invocation, id, options),
      );
    });
  withGlobals(program.command('artifact'))
    .argument('<id>', 'an artifact, or an end of its id')
    .option('-o, --output <file>', 'write it to a new file')
    .option('--offset <bytes>', 'begin there')
    .option('--length <bytes>', 'at most so many')
    .option('--info', 'what is known of it, not its content')
    .option('--verify', 'compare it with its hash first')
    .description('print an artifact as it is')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = all<ArtifactOptions>(command);
      const invocation = parts.invocation(options);
      const { output } = options;
      const file = output === undefined ? null : parts.resolve(options, output);
      await parts.run(invocation, async () =>
        (await import('./commands/artifact.ts')).artifactCommand(invocation, id, {
          ...options,
          file,
        }),
      );
    });
  withGlobals(program.command('roles'))
    .argument('[name]', 'a role; default: all of them')
    .description('the specialists that tasks may be written for')
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command));
      await parts.run(invocation, async () =>
        (await import('./commands/roles.ts')).rolesCommand(invocation, name),
      );
    });
}
