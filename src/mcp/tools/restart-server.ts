import { z } from 'zod';
import { defineOutsideTool, WORKING_DIRECTORY } from '../tool.ts';

const SECOND_MS = 1_000;
const DRAIN_S_MAX = 30;

const INPUT = z.strictObject({
  timeout: z
    .number()
    .int()
    .min(1)
    .max(300)
    .default(DRAIN_S_MAX)
    .describe('Seconds that calls under way may take'),
  reason: z.string().max(500).optional(),
  working_directory: WORKING_DIRECTORY,
});

export const restartServer = defineOutsideTool({
  name: 'orchestrator_restart_server',
  title: 'Restart',
  description:
    'Let calls under way end, close engine and store, open them anew. ' +
    'Claims, plans and your connection stay.',
  hints: {},
  input: INPUT,
  older: ({ graceful: _graceful, preserve_state: _preserve, ...args }) => args,
  example: { reason: 'configuration_update' },
  run: async ({ timeout, reason }, { door, place, call }) => {
    const drainMs = Math.min(timeout, DRAIN_S_MAX) * SECOND_MS;
    const restarted = await door.workspaces.restart(place.root, { drainMs });
    await call.server.sendToolListChanged();
    const { generation, tookMs, drained, ended } = restarted;
    return {
      ...{ restarted: true, generation, workspace: place.root, took_ms: tookMs, reason },
      ...{ calls_finished: drained, calls_ended: ended },
      next: 'Go on as before: what you hold is still yours.',
    };
  },
});
