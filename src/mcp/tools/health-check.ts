import { z } from 'zod';
import { probeHealth } from '../../operations/probe-health.ts';
import { defineTool, WORKING_DIRECTORY } from '../tool.ts';

const INPUT = z.strictObject({
  deep: z.boolean().default(false).describe('Also compare every task with its events'),
  working_directory: WORKING_DIRECTORY,
});

/** Arguments with which the older server chose what to look at: everything is looked at. */
const OLDER = [
  'include_reboot_readiness',
  'include_connection_status',
  'include_database_status',
] as const;

export const healthCheck = defineTool({
  name: 'orchestrator_health_check',
  title: 'Health check',
  description:
    'Try what every call needs, now: read, a durable write, disk room, leases, schema, backups.',
  hints: { idempotent: true },
  input: INPUT,
  older: (args) =>
    Object.fromEntries(Object.entries(args).filter(([name]) => !OLDER.includes(name as never))),
  example: {},
  run: async ({ deep }, { workspace, door, signal, place }) => {
    const facts = await workspace.healthFacts();
    const checks = await probeHealth(workspace, { ...facts, deep, signal });
    const bad = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    return {
      healthy: bad.length === 0,
      workspace: place.root,
      server_version: door.version,
      generation: workspace.generation,
      checks: Object.fromEntries(
        checks.map(({ name, ok, message, tookMs }) => [name, { ok, message, took_ms: tookMs }]),
      ),
      ...(bad.length === 0 ? {} : { next: `A person runs \`pawl doctor\`: ${bad.join(', ')}.` }),
    };
  },
});
