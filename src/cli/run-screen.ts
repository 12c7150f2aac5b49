import type { CreateExecutor } from '../app/create-executor.ts';
import type { Workspace } from '../app/workspace.ts';
import { durationText } from '../domain/duration.ts';
import { assertNever } from '../domain/errors.ts';
import { momentText } from '../domain/moment-text.ts';
import { outageText } from '../domain/outage-text.ts';
import type { Priority } from '../domain/priority.ts';
import { type RunOverview, runOverview } from '../operations/run-overview.ts';
import type { LiveRegion } from './render/live-region.ts';
import { newsLine, plainNewsLine, type RunNews } from './render/run-news.ts';
import { type RunningView, runViewLines } from './render/run-view.ts';
import type { Terminal } from './render/terminal.ts';

export type RunEvent = Parameters<CreateExecutor['onEvent']>[0];

export interface RunScreenOptions {
  readonly workspace: Workspace;
  readonly terminal: Terminal;
  /** Null where there is no terminal: then lines are printed as things happen. */
  readonly live: LiveRegion | null;
  /** Nothing is printed: the answer is JSON. */
  readonly quiet: boolean;
  readonly name: string;
  readonly minPriority: Priority;
  readonly listId: () => string;
}

const REDRAW_MS = 125;
/** The store is read again at most this often, and never for more than a thirtieth of the time. */
const READ_PAUSE_MIN_MS = 250;
const READ_PAUSE_FACTOR = 30;

interface Timer {
  clear(): void;
}

/** Shows a run while it goes on: a view that is redrawn in a terminal, plain lines elsewhere. */
export class RunScreen {
  readonly #options: RunScreenOptions;
  readonly #running = new Map<string, RunningView>();
  readonly #notes = new Map<string, string>();
  readonly #startedAtMs: number;
  #overview: RunOverview | null = null;
  #stale = true;
  #reading = false;
  #drawTimer: Timer | null = null;
  #unwatch: { stop(): void } | null = null;
  #stopped = false;

  constructor(options: RunScreenOptions) {
    this.#options = options;
    this.#startedAtMs = options.workspace.world.clock.now();
  }

  start(): void {
    if (this.#options.live === null) return;
    const { store } = this.#options.workspace;
    this.#unwatch = store.watch(() => {
      this.#stale = true;
      this.#read();
    });
    this.#read();
    this.#draw();
  }

  /** Take the view away; nothing is drawn afterwards. Idempotent. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#unwatch?.stop();
    this.#drawTimer?.clear();
    this.#options.live?.clear();
  }

  /** A hint that stays in the view until it is replaced by another under the same name. */
  note(name: string, text: string | null): void {
    if (text === null) this.#notes.delete(name);
    else this.#notes.set(name, text);
    if (text !== null && this.#options.live === null) {
      this.#say({ atMs: this.#now, kind: 'note', taskId: null, text });
    }
  }

  onEvent(event: RunEvent): void {
    const before = this.#apply(event);
    this.#stale = true;
    if (this.#options.live !== null) this.#read();
    const news = newsOf(event, { nowMs: this.#now, before });
    // The view itself shows what began.
    const isShown = this.#options.live !== null && (event.kind === 'task:started' || !news?.text);
    if (news !== null && !isShown) this.#say(news);
  }

  get #now(): number {
    return this.#options.workspace.world.clock.now();
  }

  /** Keep track of what runs; gives what was known of the task before. */
  #apply(event: RunEvent): RunningView | undefined {
    switch (event.kind) {
      case 'task:started':
      case 'task:progress': {
        const { attempt } = event;
        const before = this.#running.get(attempt.id);
        const lastLine = event.kind === 'task:progress' ? event.line : (before?.lastLine ?? '');
        this.#running.set(attempt.id, { ...attempt, lastLine });
        return before;
      }
      case 'task:completed':
      case 'task:retry':
      case 'task:failed':
      case 'task:skipped':
      case 'task:requeued': {
        const before = this.#running.get(event.id);
        this.#running.delete(event.id);
        return before;
      }
      case 'executor:paused':
        this.note('paused', 'paused: no new tasks are started; `pawl resume` goes on');
        return undefined;
      case 'executor:resumed':
        this.note('paused', null);
        return undefined;
      case 'store:away':
        this.#notes.set('store', outageText(event, this.#now));
        return undefined;
      case 'store:back':
        this.#notes.delete('store');
        return undefined;
      case 'executor:started':
      case 'executor:stopped':
      case 'executor:complete':
      case 'trouble':
        return undefined;
      default:
        return assertNever(event);
    }
  }

  #say(news: RunNews): void {
    const { live, terminal, quiet } = this.#options;
    if (this.#stopped || quiet) return;
    if (live === null) {
      terminal.out(plainNewsLine(news));
      return;
    }
    live.scroll([newsLine(news, { width: terminal.columns, paint: terminal.paint })]);
  }

  #draw(): void {
    if (this.#stopped) return;
    const { live, terminal, name, workspace } = this.#options;
    const { columns: width, rows: height, paint } = terminal;
    const view = {
      nowMs: this.#now,
      name,
      startedAtMs: this.#startedAtMs,
      overview: this.#overview,
      running: [...this.#running.values()],
      notes: [...this.#notes.values()],
    };
    live?.draw(runViewLines(view, { width, height, paint }));
    this.#drawTimer = workspace.world.timers.after(REDRAW_MS, () => this.#draw(), { unref: true });
  }

  #read(): void {
    if (this.#reading || this.#stopped || !this.#stale) return;
    this.#reading = true;
    this.#stale = false;
    void this.#readOnce();
  }

  async #readOnce(): Promise<void> {
    const { workspace, listId, minPriority } = this.#options;
    const { clock, timers } = workspace.world;
    const before = clock.monotonic();
    try {
      this.#overview = (await runOverview(workspace, listId(), minPriority)) ?? this.#overview;
    } catch (error) {
      // Only the view is older than it could be; who executes finds and tells the same fault.
      workspace.log.warn('store.waiting', {}, error);
    }
    const took = clock.monotonic() - before;
    timers.after(
      Math.max(READ_PAUSE_MIN_MS, took * READ_PAUSE_FACTOR),
      () => {
        this.#reading = false;
        this.#read();
      },
      { unref: true },
    );
  }
}

interface NewsContext {
  readonly nowMs: number;
  readonly before: RunningView | undefined;
}

export function newsOf(event: RunEvent, { nowMs, before }: NewsContext): RunNews | null {
  const news = (taskId: string | null, text: string): RunNews => ({
    atMs: nowMs,
    kind: event.kind,
    taskId,
    text,
  });
  const took = before === undefined ? '' : ` (${durationText(nowMs - before.startedAtMs)})`;
  switch (event.kind) {
    case 'task:started': {
      const { taskId, attempt, adopted } = event.attempt;
      return news(taskId, `attempt ${attempt}${adopted ? ', adopted with its output' : ''}`);
    }
    case 'task:completed': {
      const text = event.detail ?? before?.description ?? '';
      return news(event.taskId, `${text}${took}`);
    }
    case 'task:retry': {
      const again =
        event.dueAtMs > nowMs ? `again at ${momentText(event.dueAtMs, nowMs)}` : 'again';
      return news(event.taskId, `${event.detail ?? 'failed'}${took}; ${again}`);
    }
    case 'task:failed':
    case 'task:skipped':
      return news(event.taskId, `${event.status}: ${event.detail ?? 'no reason given'}${took}`);
    case 'task:requeued':
      return news(
        event.taskId,
        `${event.status}${event.detail === null ? '' : `: ${event.detail}`}`,
      );
    case 'store:away':
    case 'store:back':
      return news(null, outageText(event, nowMs));
    case 'trouble':
      return news(null, `${event.error.code}: ${event.error.message}`);
    case 'executor:started':
    case 'executor:paused':
    case 'executor:resumed':
    case 'executor:stopped':
      return news(null, '');
    case 'executor:complete':
    case 'task:progress':
      return null;
    default:
      return assertNever(event);
  }
}
