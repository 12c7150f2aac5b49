import { setTimeout as after } from 'node:timers/promises';
import { McpWire } from './mcp-wire.ts';

/** The breakdown that they share. */
export const SHARED = 'task_shared';

export interface ManyClients {
  readonly root: string;
  readonly clients: number;
  /** The command that each starts for itself; default: the sources. */
  readonly pawl?: string;
}

/** What one client did, and how long each of its calls took. */
export interface ClientReport {
  readonly name: string;
  readonly claimed: readonly string[];
  readonly completed: readonly string[];
  readonly tookMs: readonly number[];
}

/** Clients with a `pawl mcp` of their own each, on one project. */
export class ClientCrowd {
  readonly wires: readonly McpWire[];

  constructor({ root, clients, pawl }: ManyClients) {
    this.wires = Array.from(
      { length: clients },
      (_, at) =>
        new McpWire(root, { name: `client-${at}`, ...(pawl === undefined ? {} : { pawl }) }),
    );
  }

  /** All are up and have opened the project. */
  async ready(): Promise<void> {
    await Promise.all(this.wires.map((wire) => wire.call('initialize_session')));
  }

  async plan(parent: string, subtasks: number): Promise<void> {
    const [planner] = this.wires;
    if (planner === undefined) throw new Error('nobody is there to plan');
    const planned = await planner.call('plan_task', {
      ...{ description: 'Many steps', parent_task_id: parent },
      subtasks: Array.from({ length: subtasks }, (_, at) => ({
        ...{ task_id: `step_${at}`, title: `Step ${at}`, specialist_type: 'implementer' },
      })),
    });
    if (planned.isError) throw new Error(JSON.stringify(planned));
  }

  /**
   * All claim, work for so long, and complete, each until nothing is left for it. Those that work
   * begin one after the other within that time, as clients that know nothing of each other.
   */
  async work(parent: string, workMs = 0): Promise<readonly ClientReport[]> {
    return await Promise.all(
      this.wires.map(async (wire, at) => {
        await pause((workMs * at) / this.wires.length);
        return await workAs(wire, { parent, workMs });
      }),
    );
  }

  /** All at once ask for what needs no project, so many times each. */
  async idle(times: number): Promise<readonly number[]> {
    const all = await Promise.all(
      this.wires.map(async (wire) => {
        const tookMs: number[] = [];
        for (let at = 0; at < times; at += 1) {
          await timed(tookMs, () => wire.ask('tools/list'));
        }
        return tookMs;
      }),
    );
    return all.flat();
  }

  async end(): Promise<void> {
    for (const { process } of this.wires) process.stdin.end();
    await Promise.all(this.wires.map(({ ended }) => ended));
  }

  async kill(): Promise<void> {
    for (const { process } of this.wires) process.kill('SIGKILL');
    await Promise.all(this.wires.map(({ ended }) => ended));
  }
}

async function workAs(
  wire: McpWire,
  { parent, workMs }: { readonly parent: string; readonly workMs: number },
): Promise<ClientReport> {
  const claimed: string[] = [];
  const completed: string[] = [];
  const tookMs: number[] = [];
  const call = async (name: string, args: object) => {
    const answer = await timed(tookMs, () => wire.call(name, args));
    if (answer.isError) throw new Error(`${wire.name} ${name}: ${JSON.stringify(answer)}`);
    return answer.structuredContent;
  };
  for (;;) {
    const work = await call('claim_next', { parent_task_id: parent });
    if (work.claim === undefined) break;
    claimed.push(work.task_id);
    await pause(workMs);
    const done = await call('complete_task', { claim: work.claim, summary: `by ${wire.name}` });
    if (done.outcome === 'succeeded') completed.push(done.task.task_id);
  }
  return { name: wire.name, claimed, completed, tookMs };
}

async function pause(ms: number): Promise<void> {
  if (ms > 0) await after(ms);
}

async function timed<T>(tookMs: number[], work: () => Promise<T>): Promise<T> {
  const begunMs = performance.now();
  const answer = await work();
  tookMs.push(performance.now() - begunMs);
  return answer;
}
