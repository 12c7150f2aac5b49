import {
  type CallToolResult,
  type InputRequests,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type Call, callOf, TASKS_EXTENSION } from './call.ts';

export const TASK_STATUSES = [
  'working',
  'input_required',
  'completed',
  'failed',
  'cancelled',
] as const;

export type TaskStatus = (typeof TASK_STATUSES)[number];

/** How a task of the extension stands. Terminal states never change again. */
export interface TaskState {
  readonly taskId: string;
  readonly status: TaskStatus;
  readonly statusMessage?: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** How long after its creation it may be asked for; null: always. */
  readonly ttlMs: number | null;
  readonly pollIntervalMs: number;
  /** Of a completed one: what the call would have answered. */
  readonly result?: CallToolResult;
  /** Of a failed one: only what the protocol calls an error. */
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
  readonly inputRequests?: InputRequests;
}

/** Where tasks are kept. A task is durable before its id leaves. */
export interface TaskDesk {
  /** Null: there is none of that id. */
  read(taskId: string, call: Call): Promise<TaskState | null>;
  /** Answers to what it asked; those to no open question are ignored. False: there is none. */
  answer(taskId: string, answers: Readonly<Record<string, unknown>>, call: Call): Promise<boolean>;
  /** Asks it to end, whatever its state. False: there is none of that id. */
  cancel(taskId: string, call: Call): Promise<boolean>;
}

/** What a tools/call is answered with when it goes on as a task. */
export interface TaskCreated extends Record<string, unknown> {
  readonly resultType: 'task';
  readonly taskId: string;
  readonly status: TaskStatus;
}

export function taskCreated(task: TaskState): TaskCreated {
  return { resultType: 'task', ...envelopeOf(task) };
}

export function isTaskCreated(answer: object): answer is TaskCreated {
  return (answer as { readonly resultType?: unknown }).resultType === 'task';
}

function envelopeOf(task: TaskState) {
  return {
    taskId: task.taskId,
    status: task.status,
    ...(task.statusMessage === undefined ? {} : { statusMessage: task.statusMessage }),
    createdAt: new Date(task.createdAtMs).toISOString(),
    lastUpdatedAt: new Date(task.updatedAtMs).toISOString(),
    ttlMs: task.ttlMs,
    pollIntervalMs: task.pollIntervalMs,
  };
}

function detailOf(task: TaskState): Record<string, unknown> {
  const { status, result, error, inputRequests } = task;
  return {
    ...envelopeOf(task),
    ...(status === 'completed' && result !== undefined ? { result } : {}),
    ...(status === 'failed' && error !== undefined ? { error } : {}),
    ...(status === 'input_required' && inputRequests !== undefined ? { inputRequests } : {}),
  };
}

const BY_ID = z.looseObject({ taskId: z.string() });

/**
 * Serve `tasks/get`, `tasks/update` and `tasks/cancel` from a desk. The SDK knows nothing of the
 * extension any more, so the methods are registered with schemas of their own; it lifts
 * `inputResponses` out of the params before a handler sees them.
 */
export function serveTasks(server: Server, desk: TaskDesk): void {
  const known = (found: boolean, taskId: string): void => {
    if (!found) throw unknownTask(taskId);
  };
  server.setRequestHandler('tasks/get', { params: BY_ID }, async ({ taskId }, ctx) => {
    const task = await desk.read(taskId, declaring(callOf(server, 'modern', ctx)));
    if (task === null) throw unknownTask(taskId);
    return detailOf(task);
  });
  server.setRequestHandler('tasks/update', { params: BY_ID }, async ({ taskId }, ctx) => {
    const call = declaring(callOf(server, 'modern', ctx));
    known(await desk.answer(taskId, ctx.mcpReq.inputResponses ?? {}, call), taskId);
    return {};
  });
  server.setRequestHandler('tasks/cancel', { params: BY_ID }, async ({ taskId }, ctx) => {
    known(await desk.cancel(taskId, declaring(callOf(server, 'modern', ctx))), taskId);
    return {};
  });
}

function unknownTask(taskId: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, `no task of the id ${taskId}`);
}

/**
 * For what can only be answered with a task.
 *
 * @throws MissingRequiredClientCapabilityError when the request takes none.
 */
export function requireTasks(call: Call): void {
  if (call.takesTasks) return;
  throw new MissingRequiredClientCapabilityError(
    { requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } },
    `the request does not declare the extension ${TASKS_EXTENSION}`,
  );
}

function declaring(call: Call): Call {
  requireTasks(call);
  return call;
}
