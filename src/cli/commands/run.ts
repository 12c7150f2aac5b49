import { basename, relative } from 'node:path';
import { createExecutor } from '../../app/create-executor.ts';
import { requireAgent } from '../../app/known-agents.ts';
import { readListSource } from '../../app/list-source.ts';
import { projectConfigOver } from '../../app/project-config.ts';
import type { Workspace } from '../../app/workspace.ts';
import { environment } from '../../config/environment.ts';
import type { Config } from '../../config/execution-config.ts';
import type { ReadConfig } from '../../config/read-config.ts';
import { forgetOption, storedOptions, storeOptions } from '../../config/stored-options.ts';
import { parentOfList } from '../../domain/breakdown/list-path.ts';
import { getStatus } from '../../operations/get-status.ts';
import { keepOptions } from '../../operations/keep-options.ts';
import { type LoadTaskList, listOfFile, loadTaskList } from '../../operations/load-task-list.ts';
import { takeOverList } from '../../operations/look-up-lists.ts';
import { openBreakdownOfPath, resolveList } from '../../operations/resolve-list.ts';
import { summarizeRun } from '../../operations/summarize-run.ts';
import { watchListFile } from '../../operations/watch-list-file.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { envelope } from '../render/envelope.ts';
import { findingLines } from '../render/findings.ts';
import { quoted } from '../render/quoted.ts';
import { summaryLines } from '../render/summary-lines.ts';
import { exitCodeOf, type RunEnd } from '../run-end.ts';
import { overridesOf, type RunOptions } from '../run-options.ts';
import { RunScreen } from '../run-screen.ts';
import { RunSignals } from '../run-signals.ts';
import { unloadedEdits } from '../unloaded-edits.ts';
import { previewCommand } from './preview.ts';

/** The rest is for `pawl check`. */
const FINDINGS_SHOWN = 10;

type LoadedList = Pick<Awaited<ReturnType<typeof loadTaskList>>, 'list' | 'findings'>;
type Executor = Awaited<ReturnType<typeof createExecutor>>;

/** `pawl run FILE`: load a list and work through it, until nothing is left that could run. */
export async function runCommand(
  invocation: Invocation,
  path: string | null,
  options: RunOptions,
): Promise<number> {
  if (options.dryRun === true) return await previewCommand(invocation, path, options);
  const isFile = path !== null && parentOfList(path) === null;
  const open = { create: isFile, listPath: path, both: path !== null };
  return await inProject(invocation, open, async (workspace) => {
    const file = path ?? (await resolveList(workspace, null)).path;
    await takeOverList(workspace, file);
    const breakdown = await openBreakdownOfPath(workspace, file);
    const { path: listPath, list: known } =
      breakdown === null
        ? await listOfFile(workspace, { path: file })
        : { path: breakdown.path, list: breakdown };
    const run = new Run({ invocation, options, workspace, listPath, known });
    return await run.run();
  });
}

interface RunParts {
  readonly invocation: Invocation;
  readonly options: RunOptions;
  readonly workspace: Workspace;
  readonly listPath: string;
  /** The list as it was before this run. */
  readonly known: Awaited<ReturnType<typeof openBreakdownOfPath>>;
}

/** One `pawl run`, from the list's file to the summary. */
class Run {
  readonly #parts: RunParts;
  readonly #startedAt: number;
  /** What a person should know besides the summary; with `--json` it is a part of that. */
  readonly #notes: string[] = [];
  #findings: LoadedList['findings'] = [];
  #listId = '';

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#startedAt = parts.workspace.world.clock.monotonic();
  }

  async run(): Promise<number> {
    const { workspace, known, options } = this.#parts;
    const { world, stateDir } = workspace;
    const overrides = overridesOf(options);
    const settingsOver = await projectConfigOver(world, { stateDir, overrides });
    const settings = settingsOver(known?.executor.configJson ?? null);
    const { config } = settings;
    const loaded = await this.#loadList(config);
    this.#listId = loaded.list.listId;
    await this.#tellFindings(loaded);
    this.#tellKeptOptions(settings);
    await this.#checkAgent(config, loaded);
    const kept = await this.#keep(settingsOver);
    const end = await this.#execute(config, kept);
    if (end.end.kind === 'finished' && this.#isFile) await this.#tellUnloaded(config);
    return await this.#finish(end);
  }

  /** Of a breakdown there is nothing to load: it is looked at as it is stored. */
  async #loadList(config: Config): Promise<LoadedList> {
    const { workspace, listPath } = this.#parts;
    if (!this.#isFile) return { list: await resolveList(workspace, listPath), findings: [] };
    return await loadTaskList(workspace, this.#load(config));
  }

  #load(config: Config): LoadTaskList {
    const { ignoreMissing, writeBack, listBytesMax } = config;
    const { listPath, options } = this.#parts;
    const join = options.join ?? false;
    return { path: listPath, ignoreMissing, writeBack, listBytesMax, join };
  }

  async #execute(config: Config, keptOptions: string | null): Promise<RunEnd> {
    const { workspace, listPath, invocation } = this.#parts;
    const load = this.#load(config);
    const screen = await this.#screen(config);
    const executor = await createExecutor(workspace, {
      listId: this.#listId,
      listPath,
      config,
      keptOptions,
      environment: environment(),
      reload: async () => {
        this.#listId = (await this.#loadList(config)).list.listId;
        return this.#listId;
      },
      onEvent: (event) => {
        screen.onEvent(event);
        if (this.#parts.options.events === true) invocation.terminal.out(envelope('event', event));
      },
    });
    const signals = new RunSignals({
      executor,
      timers: workspace.world.timers,
      graceMs: config.interruptGraceMs,
      say: (text) => screen.note('interrupt', text),
      goOn: this.#goOn,
    });
    const watcher = config.watch && this.#isFile ? this.#watch(load, screen) : null;
    screen.start();
    signals.listen();
    try {
      await executor.start();
      this.#tellWatched(executor, screen);
      const end = await executor.ended;
      return { end, interrupted: signals.interrupted, minPriority: config.minPriority };
    } finally {
      watcher?.stop();
      signals.stop();
      screen.stop();
    }
  }

  async #screen(config: Config): Promise<RunScreen> {
    const { invocation, workspace } = this.#parts;
    const { terminal, json } = invocation;
    // Loaded for a terminal only: drawing is a sixth of the start-up time.
    const live =
      terminal.isLive && !json
        ? (await import('../render/live-region.ts')).createLiveRegion(process.stdout)
        : null;
    return new RunScreen({
      workspace,
      terminal,
      live,
      quiet: json,
      name: this.#name,
      minPriority: config.minPriority,
      listId: () => this.#listId,
    });
  }

  #watch(load: LoadTaskList, screen: RunScreen): { stop(): void } {
    return watchListFile(this.#parts.workspace, {
      load,
      onLoaded: ({ added, updated, moved, archived, findings }) => {
        screen.note('gone', null);
        const before = new Set(this.#findings.map((found) => found.message));
        this.#findings = findings;
        for (const { code, severity, line, message } of findings) {
          if (severity === 'info' || before.has(message)) continue;
          screen.note(`finding ${line}`, `${this.#name}:${line}: ${code}: ${message}`);
        }
        if (added + updated + moved + archived === 0) return;
        screen.note(
          'loaded',
          `the list was edited: ${added} added, ${updated + moved} changed, ${archived} removed`,
        );
      },
      onRefused: (error) => screen.note('loaded', `the edited list is not taken: ${error.message}`),
      onGone: (message) => screen.note('gone', message),
    });
  }

  async #finish(run: RunEnd): Promise<number> {
    const { workspace, invocation } = this.#parts;
    const { terminal, json } = invocation;
    const { end } = run;
    if (end.kind === 'error') throw end.error;
    if (end.kind === 'finished') await this.#forgetFilter();
    const summary = await summarizeRun(workspace, this.#listId);
    const durationMs = Math.round(workspace.world.clock.monotonic() - this.#startedAt);
    const exitCode = exitCodeOf(run, summary);
    if (json) {
      const findings = this.#findings;
      const notes = this.#notes;
      const facts = { end: end.kind, durationMs, exitCode, findings, notes };
      terminal.out(envelope('run', { ...summary, ...facts }));
      return exitCode;
    }
    const logFile = `${workspace.stateDir}/log/pawl.log`;
    const { command } = invocation;
    const facts = { durationMs, goOn: this.#goOn, command, logFile };
    const style = { width: terminal.columns, paint: terminal.paint };
    for (const line of summaryLines(summary, facts, style)) terminal.out(line);
    if (end.kind === 'left' && end.agentsLeft > 0) {
      const agents = end.agentsLeft === 1 ? '1 agent goes' : `${end.agentsLeft} agents go`;
      terminal.out(`  ${agents} on without us; what they bring is collected by`);
      terminal.out(`  ${this.#goOn}`);
    }
    return exitCode;
  }

  /** A filter was meant for the run that it was given to: a later one must not leave tasks out. */
  async #forgetFilter(): Promise<void> {
    const { workspace, listPath } = this.#parts;
    const list = await workspace.store.listByPath(listPath);
    const configJson = list?.executor.configJson ?? null;
    if (!('minPriority' in storedOptions(configJson))) return;
    await keepOptions(workspace, {
      listId: this.#listId,
      configJson: (kept) => forgetOption(kept, 'minPriority'),
    });
  }

  /**
   * Who executes the list already goes on with its own options. Gives what is kept as this run
   * begins.
   */
  async #keep(settingsOver: (kept: string | null) => ReadConfig): Promise<string | null> {
    const { workspace, listPath, known } = this.#parts;
    const [status] = await getStatus(workspace, await resolveList(workspace, listPath));
    const kept = known?.executor.configJson ?? null;
    if (status?.executor.process !== null) return kept;
    const settings = settingsOver(kept);
    await keepOptions(workspace, {
      ...{ listId: this.#listId, onDepFailure: settings.config.onDepFailure },
      configJson: (keptNow) => storeOptions(settingsOver(keptNow)),
    });
    return storeOptions(settings);
  }

  async #checkAgent(config: Config, { list }: LoadedList): Promise<void> {
    const { workspace, invocation } = this.#parts;
    if (list.counts.queued === 0) return;
    const limits = await requireAgent(workspace.world, workspace.root, config);
    for (const limit of limits) this.#note(limit);
    if (config.maxConcurrent > 1 && invocation.terminal.isLive) {
      this.#note(`${config.maxConcurrent} agents at once share the working tree ${workspace.root}`);
    }
  }

  async #tellFindings({ findings }: LoadedList): Promise<void> {
    const { invocation, listPath } = this.#parts;
    const { terminal, json } = invocation;
    this.#findings = findings;
    const told = findings.filter((finding) => finding.severity !== 'info');
    if (json || told.length === 0) return;
    const source = { name: this.#name, text: await readListSource(listPath) };
    const style = { width: terminal.columns, paint: terminal.paint };
    const shown = told.slice(0, FINDINGS_SHOWN);
    for (const line of findingLines(shown, source, style)) terminal.err(line);
    const hidden = told.length - shown.length;
    const all = `${invocation.command} check ${this.#listArgument}`;
    if (hidden > 0) terminal.err(`... and ${hidden} more findings: ${all}\n`);
  }

  #tellKeptOptions({ config, origins }: ReadConfig): void {
    const kept = Object.entries(origins).filter(([, origin]) => origin === 'stored');
    if (kept.length === 0) return;
    const values = config as unknown as Readonly<Record<string, unknown>>;
    const texts = kept.map(([key]) => `${key} ${JSON.stringify(values[key])}`);
    this.#note(`goes on with the options of the last run: ${texts.join(', ')}`);
  }

  async #tellUnloaded(config: Config): Promise<void> {
    const { workspace } = this.#parts;
    const list = { name: this.#name, goOn: this.#goOn };
    const text = await unloadedEdits(workspace, this.#load(config), list);
    if (text !== null) this.#note(text);
  }

  #tellWatched(executor: Executor, screen: RunScreen): void {
    const { watched } = executor;
    if (watched === null) return;
    const who = `process ${watched.process.pid}`;
    screen.note('watched', `${who} executes this list; this one watches, and goes on if it dies`);
  }

  #note(text: string): void {
    const { terminal, json } = this.#parts.invocation;
    this.#notes.push(text);
    if (!json) terminal.err(`${terminal.paint('warn', 'pawl: note')}: ${text}`);
  }

  /** To be copied into a shell, in the folder that this command was called in. */
  get #goOn(): string {
    return `${this.#parts.invocation.command} run ${this.#listArgument}`;
  }

  get #listArgument(): string {
    const { invocation, listPath } = this.#parts;
    return this.#isFile ? quoted(relative(invocation.dir, listPath)) : quoted(listPath);
  }

  /** A breakdown's list has none. */
  get #isFile(): boolean {
    return parentOfList(this.#parts.listPath) === null;
  }

  get #name(): string {
    const { invocation, listPath } = this.#parts;
    if (!this.#isFile) return listPath;
    const near = relative(invocation.dir, listPath);
    return near.startsWith('..') ? basename(listPath) : near;
  }
}
