import { Command, Option } from 'commander';
import { addArtifacts } from './artifact-program.ts';
import type { ChangeOptions } from './commands/change.ts';
import type { CheckOptions } from './commands/check.ts';
import type { ExecutorOptions } from './commands/executor.ts';
import type { GraphOptions } from './commands/graph.ts';
import type { ListOptions } from './commands/list.ts';
import type { LogsOptions } from './commands/logs.ts';
import type { SyncOptions } from './commands/sync.ts';
import { addFleet } from './fleet-program.ts';
import { addImport } from './import-program.ts';
import { addLimits } from './limit-program.ts';
import { addListEdits } from './list-edit-program.ts';
import type { LoadOptions } from './load-options.ts';
import { addLocks } from './lock-program.ts';
import { addMigrate } from './migrate-program.ts';
import { all, type ProgramParts, withGlobals } from './program-parts.ts';
import type { RunOptions } from './run-options.ts';
import { addSetup } from './setup-program.ts';
import { addStore } from './store-program.ts';

/**
 * The command line as data: commands, their arguments, options and help. What a command does is
 * loaded when it is called, so that starting costs no more than what is used.
 */
export function createProgram(parts: ProgramParts): Command {
  const program = withGlobals(new Command('pawl'))
    .description(
      'Works through a task list with AI agents, durably: start it, walk away, come back.',
    )
    .version(parts.version, '-V, --version')
    .helpOption('-h, --help', 'what can be said here')
    .exitOverride()
    .configureOutput({ writeOut: parts.writeOut, writeErr: parts.writeErr })
    .addHelpText('after', EXAMPLES);
  addRun(program, parts);
  addFleet(program, parts);
  addLists(program, parts);
  addListEdits(program, parts);
  addReaders(program, parts);
  addArtifacts(program, parts);
  addCheck(program, parts);
  addGraph(program, parts);
  addChanges(program, parts);
  addLimits(program, parts);
  addLocks(program, parts);
  addCare(program, parts);
  addMigrate(program, parts);
  addStore(program, parts);
  addSetup(program, parts);
  addImport(program, parts);
  return program;
}

const EXAMPLES = `
Examples:
  pawl run tasks.md --agent claude --allow edits     work through a list
  pawl run tasks.md --agent-command './agent.sh {prompt_file}' --concurrency 3
  pawl run tasks.md --dry-run                        what would run, in which order
  pawl check tasks.md; pawl graph tasks.md           what is amiss in it; who waits for whom
  pawl add "Cancel an order" tasks.md --depends A-3  one more task, as the list writes them
  pawl sync tasks.md --dry-run                       where list and queue differ
  pawl status; pawl list; pawl why ID; pawl logs ID -f
  pawl retry ID && pawl run tasks.md                 try a failed task again

Exit codes: 0 done, 1 failure, 2 usage, 3 refused, 4 work left, 5 not in sync,
130 interrupted.`;

function addRun(program: Command, parts: ProgramParts): void {
  const run = withGlobals(program.command('run'))
    .argument('[file]', 'a markdown list; default: the only one that is known')
    .description('load a list and work through it until nothing is left that could run');
  for (const [flags, about] of RUN_OPTIONS) run.option(flags, about);
  run
    .addOption(
      new Option(
        '--agent-limit <name=n>',
        'most running tasks of an agent, over all lists',
      ).argParser((pair: string, before: readonly string[] = []) => [...before, pair]),
    )
    .action(async (file: string | undefined, _options: unknown, command: Command) => {
      const options = all<RunOptions>(command);
      const invocation = parts.invocation(options);
      const path = file === undefined ? invocation.listPath : parts.resolve(options, file);
      await parts.run(invocation, async () => {
        const { runCommand } = await import('./commands/run.ts');
        return await runCommand(invocation, path, options);
      });
    });
}

const RUN_OPTIONS: readonly (readonly [flags: string, about: string])[] = [
  ['--agent <name>', 'agent of the tasks that name none (default: claude)'],
  ['--agent-command <command>', "any program, such as 'prog arg {prompt_file}'; no shell"],
  ['--concurrency <n>', 'tasks that run at once (default: 1)'],
  ['--dry-run', 'say what would run in which order; change nothing'],
  ['--min-priority <priority>', 'run this priority and more urgent ones only, such as P2'],
  ['--timeout <duration>', 'longest duration of an attempt (default: 60m)'],
  ['--retries <n>', 'tries after the first (default: 2)'],
  ['--retry-delay <duration>', 'first window of the backoff between tries (default: 5s)'],
  ['--on-dep-failure <policy>', 'dependants of what did not complete: skip, fail or run'],
  ['--allow <what>', 'what a preset agent may do beyond reading: nothing or edits'],
  ['--prompt-template <file>', 'the prompt, with placeholders such as {task.id}'],
  // A switch is there in both forms: without the plain one the other is said even by silence.
  ['--write-back', 'write the marks into the list file again, after --no-write-back'],
  ['--no-write-back', 'leave the list file alone'],
  ['--ignore-missing', 'start tasks although a dependency of theirs does not exist'],
  ['--no-ignore-missing', 'wait for what does not exist again, after --ignore-missing'],
  ['--join', 'the list was loaded on another host: both mean the same file'],
  ['--watch', 'load the list again whenever its file changes'],
  ['--labels <words>', 'what this host offers, such as gpu,linux (default: whatever is needed)'],
  ['--output-max <size>', 'kept of the output of an attempt (default: 10MiB)'],
  ['--events', 'with --json: what happens, as JSON lines, before the summary'],
];

const CONCURRENCY_KEPT = 'tasks of it that run at once, whoever executes it (kept)';

/** Commands that bring a list and its file together, and run nothing. */
function addLists(program: Command, parts: ProgramParts): void {
  const withLoading = (command: Command): Command =>
    withGlobals(command)
      .option('--ignore-missing', 'let no task wait for a dependency that does not exist')
      .option('--join', 'the list was loaded on another host: both mean the same file');
  withLoading(program.command('load'))
    .argument('<file>', 'a markdown list')
    .option('--concurrency <n>', CONCURRENCY_KEPT)
    .description('bring the queue to what a list says, and run nothing')
    .action(async (file: string, _options: unknown, command: Command) => {
      const options = all<LoadOptions>(command);
      const invocation = parts.invocation(options);
      const path = parts.resolve(options, file);
      await parts.run(invocation, async () =>
        (await import('./commands/load.ts')).loadCommand(invocation, { path }, options),
      );
    });
  withLoading(program.command('sync'))
    .argument('[file]', 'a list; default: the only one that is known')
    .option('--dry-run', 'say what would change; change nothing (exit code 5 if anything would)')
    .description('bring the queue to what a list says, and its marks to what the queue says')
    .action(async (file: string | undefined, _options: unknown, command: Command) => {
      const options = all<SyncOptions>(command);
      const invocation = parts.invocation(options);
      const path = file === undefined ? invocation.listPath : parts.resolve(options, file);
      await parts.run(invocation, async () =>
        (await import('./commands/sync.ts')).syncCommand(invocation, path, options),
      );
    });
  withLoading(program.command('rename-list'))
    .argument('<old>', 'the path that a list is known by; its file is gone')
    .argument('<new>', 'where that file is now')
    .description('go on with a list whose file was moved and edited')
    .action(async (old: string, file: string, _options: unknown, command: Command) => {
      const options = all<LoadOptions>(command);
      const invocation = parts.invocation(options);
      const paths = { from: parts.resolve(options, old), path: parts.resolve(options, file) };
      await parts.run(invocation, async () =>
        (await import('./commands/load.ts')).loadCommand(invocation, paths, options),
      );
    });
}

function addReaders(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('status'))
    .argument('[path]', 'a list; default: all of them')
    .description('where every list stands')
    .action(async (path: string | undefined, _options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command), path);
      await parts.run(invocation, async () =>
        (await import('./commands/status.ts')).statusCommand(invocation),
      );
    });
  withGlobals(program.command('list'))
    .argument('[path]', 'a list; default: all of them')
    .option('--status <words...>', 'only these: ready, blocked, failed ...')
    .description('the tasks of a list, each with its reason')
    .action(async (path: string | undefined, _options: unknown, command: Command) => {
      const options = all<ListOptions>(command);
      const invocation = parts.invocation(options, path);
      await parts.run(invocation, async () =>
        (await import('./commands/list.ts')).listCommand(invocation, options),
      );
    });
  withGlobals(program.command('show'))
    .argument('<id>', 'a task')
    .argument('[path]', 'its list')
    .description('a task with its attempts and events')
    .action(async (id: string, path: string | undefined, _options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command), path);
      await parts.run(invocation, async () =>
        (await import('./commands/show.ts')).showCommand(invocation, id),
      );
    });
  withGlobals(program.command('next'))
    .argument('[path]', 'a list; default: all of them')
    .description('what would be started next')
    .action(async (path: string | undefined, _options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command), path);
      await parts.run(invocation, async () =>
        (await import('./commands/next.ts')).nextCommand(invocation),
      );
    });
  withGlobals(program.command('why'))
    .argument('<id>', 'a task')
    .argument('[path]', 'its list')
    .description('why a task is where it is, in a sentence')
    .action(async (id: string, path: string | undefined, _options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command), path);
      await parts.run(invocation, async () =>
        (await import('./commands/why.ts')).whyCommand(invocation, id),
      );
    });
  withGlobals(program.command('logs'))
    .argument('<id>', 'a task')
    .argument('[path]', 'its list')
    .option('-f, --follow', 'go on until the attempt is over')
    .option('--attempt <n>', 'an earlier attempt; default: the latest')
    .description('what the agent of an attempt wrote')
    .action(async (id: string, path: string | undefined, _options: unknown, command: Command) => {
      const options = all<LogsOptions>(command);
      const invocation = parts.invocation(options, path);
      await parts.run(invocation, async () =>
        (await import('./commands/logs.ts')).logsCommand(invocation, id, options),
      );
    });
}

function addCheck(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('check'))
    .argument('[files...]', 'list files; default: the only list that is known')
    .option('--explain', 'the tasks too, as they are understood')
    .option('--strict', 'warnings are errors')
    .addOption(
      new Option('--format <format>', 'github: annotations of a workflow').choices([
        'text',
        'github',
      ]),
    )
    .description('what is amiss in a list, with line and remedy; changes nothing')
    .action(async (files: readonly string[], _options: unknown, command: Command) => {
      const options = all<CheckOptions>(command);
      const invocation = parts.invocation(options);
      const paths = files.map((file) => parts.resolve(options, file));
      await parts.run(invocation, async () =>
        (await import('./commands/check.ts')).checkCommand(invocation, paths, options),
      );
    });
}

function addGraph(program: Command, parts: ProgramParts): void {
  const chosen = (flags: string, about: string, choices: readonly string[]): Option =>
    new Option(flags, about).choices(choices);
  withGlobals(program.command('graph'))
    .argument('[path]', 'a list file; default: the only list that is known')
    .addOption(chosen('--format <format>', 'what to draw', ['text', 'mermaid', 'dot', 'svg']))
    .option('-o, --output <file>', 'write it to a file; its name may say the format')
    .addOption(chosen('--only <which>', 'leave out what is over', ['open', 'all']))
    .option('--task <id>', 'only this task, what it waits for and what waits for it')
    .option('--max <n>', 'tasks shown as text (default: 500)')
    .description('who waits for whom, in waves, with the critical path')
    .action(async (path: string | undefined, _options: unknown, command: Command) => {
      const options = all<GraphOptions>(command);
      const invocation = parts.invocation(options, path);
      const { output } = options;
      const file = output === undefined ? null : parts.resolve(options, output);
      await parts.run(invocation, async () =>
        (await import('./commands/graph.ts')).graphCommand(invocation, file, options),
      );
    });
}

function addChanges(program: Command, parts: ProgramParts): void {
  const verbs = [
    ['pause', 'start no new tasks of a list; what runs goes on'],
    ['resume', 'start tasks of a paused list again'],
    ['stop', 'end the agents of a list; their tasks are queued again, uncharged'],
  ] as const;
  for (const [verb, about] of verbs) {
    const command = withGlobals(program.command(verb))
      .argument('[path]', 'a list; default: the only one that is known')
      .description(about);
    if (verb === 'resume') command.option('--concurrency <n>', CONCURRENCY_KEPT);
    command.action(async (path: string | undefined, _options: unknown, called: Command) => {
      const options = all<ExecutorOptions>(called);
      const invocation = parts.invocation(options, path);
      await parts.run(invocation, async () =>
        (await import('./commands/executor.ts')).executorCommand(invocation, verb, options),
      );
    });
  }
  const changes = [
    ['skip', 'leave a task out'],
    ['requeue', 'put a task back into the queue, a completed one too'],
    ['cancel', 'give a task up; its agent is ended'],
    ['retry', 'give a failed, skipped, cancelled or waiting task another chance'],
  ] as const;
  for (const [verb, about] of changes) {
    const command = withGlobals(program.command(verb))
      .argument('<id>', 'a task')
      .argument('[path]', 'its list')
      .description(about);
    if (verb === 'skip') command.requiredOption('--reason <text>', 'why it is not needed');
    if (verb === 'cancel') command.option('--reason <text>', 'why');
    if (verb === 'requeue') {
      command.option('--cascade', 'with everything that depends on it');
      command.option('--yes', 'run completed work again without asking');
    }
    command.action(
      async (id: string, path: string | undefined, _options: unknown, called: Command) => {
        const options = all<ChangeOptions>(called);
        const invocation = parts.invocation(options, path);
        await parts.run(invocation, async () =>
          (await import('./commands/change.ts')).changeCommand(invocation, verb, id, options),
        );
      },
    );
  }
}

function addCare(program: Command, parts: ProgramParts): void {
  withGlobals(program.command('mcp'))
    .description('serve an MCP client over standard input and output; see docs/learn/mcp.md')
    .action(async (_options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command));
      await parts.run(invocation, async () =>
        (await import('./commands/mcp.ts')).mcpCommand(invocation),
      );
    });
  withGlobals(program.command('doctor'))
    .description('look for everything that is known to keep Pawl from its work')
    .action(async (_options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command));
      await parts.run(invocation, async () =>
        (await import('./commands/doctor.ts')).doctorCommand(invocation),
      );
    });
  withGlobals(program.command('init'))
    .description('make the state folder of a project')
    .action(async (_options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command));
      await parts.run(invocation, async () =>
        (await import('./commands/init.ts')).initCommand(invocation),
      );
    });
  withGlobals(program.command('backup'))
    .argument('<file>', 'a new file')
    .description('copy the store, as of one moment, while others use it')
    .action(async (file: string, _options: unknown, command: Command) => {
      const invocation = parts.invocation(all(command));
      await parts.run(invocation, async () =>
        (await import('./commands/backup.ts')).backupCommand(invocation, file),
      );
    });
}
