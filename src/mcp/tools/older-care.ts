import { z } from 'zod';
import { isPawlError } from '../../domain/errors.ts';
import { archiveBreakdown } from '../../operations/archive-breakdown.ts';
import { resolveBreakdown } from '../../operations/breakdown-view.ts';
import { getStatus } from '../../operations/get-status.ts';
import { handOver } from '../../operations/open-session.ts';
import { underSignal } from '../../operations/operation.ts';
import { probeHealth } from '../../operations/probe-health.ts';
import { type AnyTool, defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { callerOf } from './caller.ts';

const HAND_OVER_CHARS_MAX = 7_000;

const deleted = defineTool({
  name: 'orchestrator_delete_task',
  title: 'Archive a breakdown',
  description:
    'Put a breakdown away with its subtasks. Nothing is deleted: ' +
    'orchestrator_maintenance_coordinator {"action":"restore"} brings it back.',
  hints: { destroys: true, idempotent: true },
  both: true,
  input: z.strictObject({
    task_id: z.string().describe('The parent_task_id'),
    reason: z.string().optional(),
    working_directory: WORKING_DIRECTORY,
  }),
  older: ({ force: _force, archive_instead: _archive, ...args }) => args,
  example: { task_id: 'task_0a1b2c3d' },
  run: async ({ task_id: ref, reason }, { workspace, signal }) => {
    const { parentTaskId } = await resolveBreakdown(underSignal(workspace, signal), ref);
    const why = reason === undefined ? {} : { reason };
    const { kind } = await archiveBreakdown(workspace, { parentTaskId, ...why, signal });
    return { parent_task_id: parentTaskId, archived: true, changed: kind === 'changed' };
  },
});

const restartStatus = defineTool({
  name: 'orchestrator_restart_status',
  title: 'Restarts',
  description: 'How often this project was restarted, and what is under way in this server now.',
  hints: { reads: true },
  input: z.strictObject({ working_directory: WORKING_DIRECTORY }),
  older: ({ include_history: _history, include_error_details: _details, ...args }) => args,
  example: {},
  run: async (_args, { workspace, door, place }) =>
    await Promise.resolve({
      ...{ workspace: place.root, generation: workspace.generation },
      calls_under_way: door.underWay.count - 1,
    }),
});

const shutdownPrepared = defineTool({
  name: 'orchestrator_shutdown_prepare',
  title: 'Before a restart',
  description: 'What a restart would wait for, and whether anything is amiss. Changes nothing.',
  hints: { idempotent: true },
  input: z.strictObject({ working_directory: WORKING_DIRECTORY }),
  older: ({
    check_active_tasks: _tasks,
    check_database_state: _database,
    check_client_connections: _clients,
    ...args
  }) => args,
  example: {},
  run: async (_args, { workspace, door, signal }) => {
    const facts = await workspace.healthFacts();
    const probes = await probeHealth(workspace, { ...facts, deep: false, signal });
    const lists = await getStatus(underSignal(workspace, signal));
    const bad = probes.filter(({ ok }) => !ok);
    return {
      ready: bad.length === 0,
      calls_under_way: door.underWay.count - 1,
      running: lists.reduce((total, { counts }) => total + counts.running, 0),
      amiss: bad.map(({ name, message }) => ({ name, message })),
      next: 'What runs goes on, and claims stay: orchestrator_restart_server.',
    };
  },
});

const reconnected = defineTool({
  name: 'orchestrator_reconnect_test',
  title: 'After a reconnection',
  description:
    'That this is answered shows the connection; it says, read anew, what a session still has ' +
    'and holds after a restart: the one named, else this client’s.',
  hints: { reads: true },
  input: z.strictObject({
    session_id: z.string().optional(),
    working_directory: WORKING_DIRECTORY,
  }),
  older: ({ include_buffer_status: _buffer, include_reconnection_stats: _stats, ...args }) => args,
  example: {},
  run: async ({ session_id: said }, desk) => {
    const { workspace, door, place, signal } = desk;
    const { sessionId } = await callerOf(desk, said);
    const about = { sessionId, charsMax: HAND_OVER_CHARS_MAX, signal };
    const found = await handOver(workspace, about).catch((error: unknown) => {
      if (said === undefined && isPawlError(error, 'session_not_found')) return null;
      throw error;
    });
    return {
      ...{ server_version: door.version, workspace: place.root, generation: workspace.generation },
      ...(found === null
        ? { next: 'This client has no session here yet: orchestrator_initialize_session.' }
        : { session: found.session, hand_over: found.markdown }),
    };
  },
});

/** Names of the older server that few need every day. */
export const CARE_TOOLS: readonly AnyTool[] = [
  ...[deleted, restartStatus, shutdownPrepared, reconnected],
];
