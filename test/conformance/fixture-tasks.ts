import { setTimeout as wait } from 'node:timers/promises';
import {
  type CallToolResult,
  type InputRequests,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import type { Call } from '../../src/mcp/call.ts';
import type { ToolAnswer, ToolEntry } from '../../src/mcp/catalogue.ts';
import {
  requireTasks,
  type TaskDesk,
  type TaskState,
  taskCreated,
} from '../../src/mcp/task-extension.ts';
import { fixtureTool, text } from './fixture-tool.ts';

/** Where the fixtures' tasks are kept. */
export interface KeptTasks {
  read(taskId: string): Promise<TaskState | null>;
  write(task: TaskState): Promise<void>;
  newId(): string;
}

type Work = (job: Job) => Promise<CallToolResult>;

interface Job {
  readonly signal: AbortSignal;
  /** Park the task until every question is answered. */
  ask(requests: InputRequests): Promise<Readonly<Record<string, unknown>>>;
}

const TERMINAL = ['completed', 'failed', 'cancelled'];
const POLL_MS = 100;

/** Tasks of this process whose states outlive it: each change is kept before anybody is told. */
export class FixtureTasks implements TaskDesk {
  readonly #kept: KeptTasks;
  readonly #running = new Map<string, { readonly abort: AbortController; answered: () => void }>();
  readonly #answers = new Map<string, Record<string, unknown>>();

  constructor(kept: KeptTasks) {
    this.#kept = kept;
  }

  /** A task when the request takes one, and otherwise the result itself. */
  async run(call: Call, work: Work): Promise<ToolAnswer> {
    if (!call.takesTasks) {
      return await work({ signal: call.signal, ask: () => Promise.resolve({}) });
    }
    const now = Date.now();
    const task: TaskState = {
      taskId: this.#kept.newId(),
      status: 'working',
      createdAtMs: now,
      updatedAtMs: now,
      ttlMs: 600_000,
      pollIntervalMs: POLL_MS,
    };
    await this.#kept.write(task);
    void this.#work(task, work);
    return taskCreated(task);
  }

  async read(taskId: string): Promise<TaskState | null> {
    return await this.#kept.read(taskId);
  }

  async answer(taskId: string, answers: Readonly<Record<string, unknown>>): Promise<boolean> {
    const task = await this.#kept.read(taskId);
    if (task === null) return false;
    const open = task.inputRequests ?? {};
    const taken = Object.entries(answers).filter(([key]) => key in open);
    if (task.status !== 'input_required' || taken.length === 0) return true;
    const left = Object.entries(open).filter(([key]) => !(key in answers));
    const sofar = this.#answers.get(taskId) ?? {};
    this.#answers.set(taskId, { ...sofar, ...Object.fromEntries(taken) });
    await this.#change(task, {
      status: left.length === 0 ? 'working' : 'input_required',
      inputRequests: Object.fromEntries(left),
    });
    if (left.length === 0) this.#running.get(taskId)?.answered();
    return true;
  }

  async cancel(taskId: string): Promise<boolean> {
    const task = await this.#kept.read(taskId);
    if (task === null) return false;
    if (TERMINAL.includes(task.status)) return true;
    await this.#change(task, { status: 'cancelled' });
    this.#running.get(taskId)?.abort.abort();
    return true;
  }

  async #work(task: TaskState, work: Work): Promise<void> {
    const { taskId } = task;
    const abort = new AbortController();
    this.#running.set(taskId, { abort, answered: () => undefined });
    const ask = async (inputRequests: InputRequests) => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      this.#running.set(taskId, { abort, answered: () => resolve(undefined) });
      await this.#change(task, { status: 'input_required', inputRequests });
      await promise;
      return this.#answers.get(taskId) ?? {};
    };
    try {
      await this.#settle(taskId, {
        status: 'completed',
        result: await work({ signal: abort.signal, ask }),
      });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      await this.#settle(taskId, {
        status: 'failed',
        statusMessage: message,
        error: { code: -32_603, message },
      });
    } finally {
      this.#running.delete(taskId);
    }
  }

  async #settle(taskId: string, end: Partial<TaskState>): Promise<void> {
    const task = await this.#kept.read(taskId);
    if (task !== null && !TERMINAL.includes(task.status)) await this.#change(task, end);
  }

  async #change(task: TaskState, change: Partial<TaskState>): Promise<void> {
    await this.#kept.write({ ...task, ...change, updatedAtMs: Date.now() });
  }
}

const question = (message: string, property: string, type: 'string' | 'boolean') => {
  const requestedSchema = {
    type: 'object',
    properties: { [property]: { type } },
    required: [property],
  } as Parameters<typeof inputRequired.elicit>[0]['requestedSchema'];
  return inputRequired.elicit({ message, requestedSchema });
};

/** Tools that go on as tasks. */
export function taskTools(tasks: FixtureTasks): readonly ToolEntry[] {
  return [
    fixtureTool('greet', ({ name }) => text(`Hello, ${String(name)}!`), {
      name: { type: 'string' },
    }),
    fixtureTool(
      'slow_compute',
      async ({ seconds, label }, call) => {
        const delayMs = Number(seconds ?? 1) * 1_000;
        return await tasks.run(call, async ({ signal }) => {
          await wait(delayMs, undefined, { signal });
          return text(`computed ${String(label ?? '')}`);
        });
      },
      { seconds: { type: 'number' }, label: { type: 'string' } },
    ),
    fixtureTool('failing_job', async (_args, call) => {
      requireTasks(call);
      return await tasks.run(call, async ({ signal }) => {
        await wait(300, undefined, { signal });
        return { ...text('this job always fails'), isError: true };
      });
    }),
    fixtureTool('protocol_error_job', async (_args, call) =>
      tasks.run(call, async () => {
        await wait(50);
        throw new Error('this job always breaks');
      }),
    ),
    fixtureTool('confirm_delete', async ({ filename }, call) =>
      tasks.run(call, async ({ ask }) => {
        const confirm = question(`Delete ${String(filename)}?`, 'confirm', 'boolean');
        const view = inputResponse(await ask({ confirm }), 'confirm');
        return text(view.kind === 'elicit' ? `delete: ${view.action}` : 'not asked');
      }),
    ),
    fixtureTool('multi_input', async (_args, call) =>
      tasks.run(call, async ({ ask }) => {
        const asked = {
          first: question('The first?', 'value', 'string'),
          second: question('The second?', 'value', 'string'),
        };
        return text(JSON.stringify(await ask(asked)));
      }),
    ),
    fixtureTool('test_tool_with_task', async (_args, call) => {
      const named = inputResponse(call.sdk.mcpReq.inputResponses, 'user_name');
      if (named.kind !== 'elicit') {
        const user_name = question('What is your name?', 'name', 'string');
        return inputRequired({ inputRequests: { user_name } });
      }
      const name = String(named.content?.['name']);
      return await tasks.run(call, () => Promise.resolve(text(`Hello, ${name}!`)));
    }),
  ];
}
