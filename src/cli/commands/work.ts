import { relative } from 'node:path';
import { readProjectConfig } from '../../app/project-config.ts';
import { type ServeLists, serveLists } from '../../app/serve-lists.ts';
import { storeAddress } from '../../app/store-address.ts';
import { thisWorld } from '../../app/this-world.ts';
import type { Workspace } from '../../app/workspace.ts';
import { environment } from '../../config/environment.ts';
import type { Config, ConfigKey } from '../../config/execution-config.ts';
import { durationText } from '../../domain/duration.ts';
import { isPawlError } from '../../domain/errors.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { envelope } from '../render/envelope.ts';
import { plainNewsLine } from '../render/run-news.ts';
import { newsOf, type RunEvent } from '../run-screen.ts';
import { RunSignals } from '../run-signals.ts';

/** The options of `pawl work`, as they were written. */
export interface WorkOptions {
  readonly labels?: string;
  readonly capacity?: string;
  readonly untilIdle?: boolean;
  readonly events?: boolean;
}

const INTERRUPTED = 130;
/** As of `pawl run`: something is left that this host did not do. */
const WORK_LEFT = 4;
const REOPEN_MS = 5_000;
const COUNTED = ['task:completed', 'task:failed', 'task:retry', 'task:requeued', 'task:skipped'];

/** `pawl work`: execute whatever is to be executed, until told to leave. */
export async function workCommand(invocation: Invocation, options: WorkOptions): Promise<number> {
  const create = await isOnServer(invocation);
  return await patiently(invocation, { create }, async (workspace) => {
    const overrides: Partial<Record<ConfigKey, unknown>> = {
      ...(options.labels === undefined ? {} : { labels: options.labels }),
      ...(options.capacity === undefined ? {} : { capacity: options.capacity }),
    };
    const { stateDir, world } = workspace;
    const { config } = await readProjectConfig(world, { stateDir, overrides });
    return await new WorkRun({ invocation, options, workspace, config }).run();
  });
}

/** A store on a server needs no list here: then any folder will do. */
async function isOnServer({ dir }: Invocation): Promise<boolean> {
  return (await storeAddress({ world: thisWorld(), stateDir: `${dir}/.pawl` })) !== null;
}

/** The database may be away when this process begins: it is waited for, as later on. */
async function patiently<T>(
  invocation: Invocation,
  open: { readonly create: boolean },
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { timers, random } = thisWorld();
  for (let isOpen = false; ; ) {
    try {
      return await inProject(invocation, open, async (workspace) => {
        isOpen = true;
        return await work(workspace);
      });
    } catch (cause) {
      if (isOpen || !isPawlError(cause, 'store_unreachable')) throw cause;
      const message = `${cause.message}; asked again within ${durationText(REOPEN_MS)}`;
      invocation.terminal.err(
        invocation.json
          ? envelope('warning', { message })
          : `${invocation.terminal.paint('warn', 'pawl: waiting')}: ${message}`,
      );
    }
    await new Promise<void>((resolve) => {
      timers.after(REOPEN_MS * (0.5 + random.next() / 2), resolve);
    });
  }
}

interface WorkParts {
  readonly invocation: Invocation;
  readonly options: WorkOptions;
  readonly workspace: Workspace;
  readonly config: Config;
}

/** One `pawl work`, from its first word to its last one. */
class WorkRun {
  readonly #parts: WorkParts;
  readonly #counts = new Map<string, number>();
  readonly #running = new Map<string, { readonly startedAtMs: number; readonly agent: string }>();

  constructor(parts: WorkParts) {
    this.#parts = parts;
  }

  async run(): Promise<number> {
    const { workspace, config, options } = this.#parts;
    const begunAt = workspace.world.clock.monotonic();
    const wish: ServeLists = {
      ...{ capacity: config.capacity, environment: environment() },
      labels: config.labels ?? [],
      untilIdle: options.untilIdle === true,
      onEvent: (event, path) => this.#tell(event, path),
    };
    const server = await serveLists(workspace, wish);
    const signals = new RunSignals({
      executor: server,
      timers: workspace.world.timers,
      graceMs: config.interruptGraceMs,
      say: (text) => this.#say('note', null, text),
      goOn: `${this.#parts.invocation.command} work`,
    });
    signals.listen();
    try {
      this.#say('note', null, this.#opening(server.holderId));
      await server.start();
      const end = await server.ended;
      if (end.kind === 'error') throw end.error;
      const workLeft = end.kind === 'finished' && end.workLeft;
      const exitCode = signals.interrupted ? INTERRUPTED : workLeft ? WORK_LEFT : 0;
      this.#answer(end, exitCode, Math.round(workspace.world.clock.monotonic() - begunAt));
      return exitCode;
    } finally {
      signals.stop();
    }
  }

  #opening(holderId: string): string {
    const { workspace, config } = this.#parts;
    const { host } = workspace.world.processes;
    const offered = config.labels ?? [];
    const labels =
      offered.length === 0 ? ', offers no labels (--labels)' : `, offers ${offered.join(', ')}`;
    return `server ${holderId} on ${host}: at most ${config.capacity} tasks at once${labels}`;
  }

  #tell(event: RunEvent, path: string | null): void {
    const { invocation, options, workspace } = this.#parts;
    const list = path === null ? null : relative(workspace.root, path);
    if (options.events === true && invocation.json) {
      invocation.terminal.out(envelope('event', { ...event, list: path }));
    }
    if (COUNTED.includes(event.kind)) {
      this.#counts.set(event.kind, (this.#counts.get(event.kind) ?? 0) + 1);
    }
    if (event.kind === 'task:started') {
      const { id, startedAtMs, agent } = event.attempt;
      this.#running.set(id, { startedAtMs, agent: agent ?? '' });
    }
    const news = newsOf(event, { nowMs: workspace.world.clock.now(), before: undefined });
    if (news === null) return;
    this.#say(news.kind, news.taskId, list === null ? news.text : `${list} ${news.text}`);
  }

  #say(kind: string, taskId: string | null, text: string): void {
    const { invocation, workspace } = this.#parts;
    if (invocation.json) return;
    const atMs = workspace.world.clock.now();
    invocation.terminal.out(plainNewsLine({ atMs, kind, taskId, text }));
  }

  #answer(
    end: { readonly kind: string; readonly agentsLeft?: number },
    exitCode: number,
    durationMs: number,
  ): void {
    const { invocation } = this.#parts;
    const counts = Object.fromEntries(COUNTED.map((kind) => [kind, this.#counts.get(kind) ?? 0]));
    const agentsLeft = end.agentsLeft ?? 0;
    if (invocation.json) {
      const facts = { end: end.kind, agentsLeft, counts, durationMs, exitCode };
      invocation.terminal.out(envelope('work', facts));
      return;
    }
    const done = COUNTED.filter((kind) => (counts[kind] ?? 0) > 0)
      .map((kind) => `${counts[kind]} ${kind.slice('task:'.length)}`)
      .join(', ');
    this.#say('note', null, `left; ${done === '' ? 'nothing was done' : done}`);
    if (exitCode === WORK_LEFT) {
      this.#say('note', null, 'what is left needs labels or an agent that this host does not have');
    }
    if (agentsLeft > 0) {
      const who = agentsLeft === 1 ? '1 agent goes' : `${agentsLeft} agents go`;
      this.#say('note', null, `${who} on without us, for as long as nobody else may take over`);
    }
  }
}
