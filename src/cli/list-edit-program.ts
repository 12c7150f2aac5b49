import { type Command, Option } from 'commander';
import { type AddOptions, type EditOptions, LIST_EDIT_OPTIONS } from './list-edit-options.ts';
import { all, type GlobalOptions, type ProgramParts, withGlobals } from './program-parts.ts';

/** Commands that change a list's file, and the queue with it. */
export function addListEdits(program: Command, parts: ProgramParts): void {
  const add = withGlobals(program.command('add'))
    .argument('<text>', 'what is to be done')
    .argument('[file]', 'a list; default: the only one that is known')
    .option('--id <id>', 'its id; default: the next one of its section')
    .addOption(
      new Option('--step <text>', 'a step, as a box below it (may be repeated)').argParser(
        (step: string, before: readonly string[] = []) => [...before, step],
      ),
    )
    .description('add a task to a list, in the style of the list');
  const edit = withGlobals(program.command('edit'))
    .argument('<id>', 'a task')
    .argument('[file]', 'its list')
    .option('--text <text>', 'what is to be done')
    .option('--add-depends <ids>', 'what it is to wait for besides')
    .option('--remove-depends <ids>', 'what it is to wait for no more')
    .addOption(new Option('--id <id>').hideHelp())
    .description('change a task in its list; `none` takes a value away');
  for (const [flags, about] of LIST_EDIT_OPTIONS) {
    add.option(flags, about);
    edit.option(flags, about);
  }
  const pathOf = (options: GlobalOptions, file: string | undefined): string | null =>
    file === undefined ? parts.invocation(options).listPath : parts.resolve(options, file);
  add.action(async (text: string, file: string | undefined, _options: unknown, called: Command) => {
    const options = all<AddOptions>(called);
    const invocation = parts.invocation(options);
    const said = { text, path: pathOf(options, file) };
    await parts.run(invocation, async () =>
      (await import('./commands/add.ts')).addCommand(invocation, said, options),
    );
  });
  edit.action(async (ref: string, file: string | undefined, _options: unknown, called: Command) => {
    const options = all<EditOptions>(called);
    const invocation = parts.invocation(options);
    const said = { ref, path: pathOf(options, file) };
    await parts.run(invocation, async () =>
      (await import('./commands/edit.ts')).editCommand(invocation, said, options),
    );
  });
}
