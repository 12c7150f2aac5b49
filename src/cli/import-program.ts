import type { Command } from 'commander';
import type { ImportOptions } from './commands/import.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';

/** `pawl import`: the state of other programs, taken over. */
export function addImport(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('import'))
    .argument('[place]', 'a project, a store or a file of another program; default: this folder')
    .option('--dry-run', 'say what would be taken over; change nothing (exit code 5 if anything)')
    .option('--watch', 'follow the program that still writes there, until Ctrl-C')
    .description('take over plans and tasks of another task manager, and leave it as it is')
    .addHelpText('after', SOURCES)
    .action(async (place: string | undefined, _options: unknown, command: Command) => {
      const options = all<ImportOptions>(command);
      const invocation = parts.invocation(options);
      const path = parts.resolve(options, place ?? '.');
      await parts.run(invocation, async () =>
        (await import('./commands/import.ts')).importCommand(invocation, path, options),
      );
    });
}

const SOURCES = `
Taken over: mcp-task-orchestrator (.task_orchestrator), Task Master (.taskmaster), Backlog.md
(backlog), beads (.beads), mcp-shrimp-task-manager (tasks.json). Again: only what changed there.`;
