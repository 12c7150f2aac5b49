import { z } from 'zod';
import { PawlError } from '../../domain/errors.ts';
import { archiveBreakdown, restoreArchived } from '../../operations/archive-breakdown.ts';
import { findBreakdown } from '../../operations/breakdown-view.ts';
import { listArtifacts } from '../../operations/list-artifacts.ts';
import { listBreakdowns } from '../../operations/list-breakdowns.ts';
import { maintainProject } from '../../operations/maintain-project.ts';
import { handOver, openSession } from '../../operations/open-session.ts';
import { underSignal } from '../../operations/operation.ts';
import { probeHealth } from '../../operations/probe-health.ts';
import { pageOf } from '../cursor.ts';
import { type Desk, defineTool, WORKING_DIRECTORY } from '../tool.ts';
import { callerOf } from './caller.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const PART_CHARS_MAX = 2_500;
const BREAKDOWNS_MAX = 500;
const HAND_OVER_CHARS_MAX = 8_000;
const DOCUMENTATION = 'documentation';

const INPUT = z.strictObject({
  action: z.enum([
    ...(['scan_cleanup', 'validate_structure', 'update_documentation'] as const),
    ...(['prepare_handover', 'archive', 'restore'] as const),
  ]),
  target_task_id: z.string().optional().describe('A breakdown, for archive and restore'),
  older_than_days: z
    .number()
    .int()
    .min(0)
    .max(3650)
    .optional()
    .describe('scan_cleanup: only breakdowns that are over, and idle so long'),
  apply: z.boolean().default(false).describe('scan_cleanup: archive what it names'),
  reason: z.string().optional(),
  session_id: z.string().optional(),
  working_directory: WORKING_DIRECTORY,
});

type Arguments = z.infer<typeof INPUT>;

const ACTIONS: Readonly<
  Record<Arguments['action'], (args: Arguments, desk: Desk) => Promise<object>>
> = {
  scan_cleanup: scanCleanup,
  validate_structure: validateStructure,
  update_documentation: updateDocumentation,
  prepare_handover: prepareHandover,
  archive: archive,
  restore: restore,
};

export const maintenanceCoordinator = defineTool({
  name: 'orchestrator_maintenance_coordinator',
  title: 'Maintain',
  description:
    'scan_cleanup: what is stale, abandoned or past its time, a preview unless apply; archive ' +
    'and restore a breakdown; validate_structure; prepare_handover: a text to go on from.',
  hints: { idempotent: true },
  input: INPUT,
  older: ({ scope: _scope, validation_level: _level, ...args }) => args,
  example: { action: 'scan_cleanup' },
  run: async (args, desk) => ({
    action: args.action,
    ...(await ACTIONS[args.action](args, desk)),
  }),
});

/** What lies about, by what each role takes; or only what is over and idle for so many days. */
async function scanCleanup(args: Arguments, desk: Desk): Promise<object> {
  const { older_than_days: days, target_task_id: target } = args;
  if (days !== undefined) return await putAwayIdle(args, days, desk);
  const { workspace, signal } = desk;
  const parentTaskId = target === undefined ? null : await targetOf(args, desk);
  const care = await maintainProject(workspace, { parentTaskId, apply: args.apply, signal });
  const part = <T>(items: readonly T[]): readonly T[] => pageOf(items, PART_CHARS_MAX).items;
  return {
    ...(care.applied ? { applied: true } : { preview: true }),
    candidates: care.breakdowns.length,
    breakdowns: part(
      care.breakdowns.map(({ parentTaskId: id, title, why, verdict, left }) => ({
        ...{ parent_task_id: id, title, why, verdict, left },
      })),
    ),
    stale_tasks: part(
      care.staleTasks.map(({ taskId, list, specialistType, status, idleMs }) => ({
        ...{ task_id: taskId, list, specialist_type: specialistType, status },
        idle_hours: Math.floor(idleMs / HOUR_MS),
      })),
    ),
    expired_leases: part(
      care.expiredLeases.map(({ taskId, holder, expiredAt }) => ({
        ...{ task_id: taskId, holder, expired_at: expiredAt },
      })),
    ),
    artifacts: care.artifacts,
    next: args.apply
      ? '{"action":"restore","target_task_id":ID} brings a breakdown back.'
      : 'apply:true archives these breakdowns, and clears what no artifact needs.',
  };
}

/** What could be put away: nothing is open in it, and nothing happened for so many days. */
async function putAwayIdle(args: Arguments, days: number, desk: Desk): Promise<object> {
  const { workspace, signal } = desk;
  const before = workspace.world.clock.now() - days * DAY_MS;
  const { breakdowns } = await listBreakdowns(workspace, { limit: BREAKDOWNS_MAX, signal });
  const idle = breakdowns.filter(
    ({ counts, lastActivityAt }) =>
      counts.queued + counts.running + counts.waiting === 0 && millisOf(lastActivityAt) <= before,
  );
  const { items } = pageOf(
    idle.map(({ parentTaskId, title, lastActivityAt, total }) => ({
      ...{ parent_task_id: parentTaskId, title, last_activity: lastActivityAt, subtasks: total },
    })),
  );
  if (!args.apply) {
    return {
      ...{ preview: true, looked_at: breakdowns.length, candidates: idle.length },
      ...{ breakdowns: items, next: 'apply:true archives these breakdowns.' },
    };
  }
  const reason = args.reason ?? `over, and idle for ${days} days`;
  for (const { parent_task_id: parentTaskId } of items) {
    await archiveBreakdown(workspace, { parentTaskId, reason, signal });
  }
  return {
    ...{ applied: true, breakdowns: items, left: idle.length - items.length },
    next: '{"action":"restore","target_task_id":ID} brings one back.',
  };
}

/** Times are shown in UTC without saying so. */
const millisOf = (shown: string): number => Date.parse(`${shown.replace(' ', 'T')}Z`);

async function validateStructure(_args: Arguments, { workspace, signal }: Desk): Promise<object> {
  const facts = await workspace.healthFacts();
  const probes = await probeHealth(workspace, { ...facts, deep: true, signal });
  const checks = probes.filter(({ name }) => name === 'audit' || name === 'schema');
  return {
    valid: checks.every(({ ok }) => ok),
    checks: Object.fromEntries(checks.map(({ name, ok, message }) => [name, { ok, message }])),
  };
}

/** Where the project's work is documented: which artifacts say so, and of which breakdowns. */
async function updateDocumentation(_args: Arguments, desk: Desk): Promise<object> {
  const { workspace, signal } = desk;
  const found: { readonly uri: string; readonly name: string }[] = [];
  for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
    const page = await listArtifacts(workspace, { cursor, state: 'complete', signal });
    const documents = page.artifacts.filter(({ kind }) => kind === DOCUMENTATION);
    found.push(
      ...documents.map(({ artifactId, name }) => ({ uri: `artifact://${artifactId}`, name })),
    );
    cursor = page.nextCursor;
  }
  const { items } = pageOf(found);
  return {
    ...{ documents: found.length, found: items },
    next: 'Plan a subtask for a documenter where something is missing: orchestrator_plan_task.',
  };
}

async function prepareHandover(args: Arguments, desk: Desk): Promise<object> {
  const { workspace, client, signal } = desk;
  const named = args.session_id !== undefined;
  const sessionId = named
    ? (await callerOf(desk, args.session_id)).sessionId
    : (await openSession(workspace, { client, signal })).session.sessionId;
  const charsMax = HAND_OVER_CHARS_MAX;
  const { markdown } = await handOver(workspace, { sessionId, charsMax, signal });
  return { session_id: sessionId, hand_over: markdown };
}

async function archive(args: Arguments, desk: Desk): Promise<object> {
  const { workspace, signal } = desk;
  const parentTaskId = await targetOf(args, desk);
  const reason = args.reason === undefined ? {} : { reason: args.reason };
  const { kind } = await archiveBreakdown(workspace, { parentTaskId, ...reason, signal });
  return {
    ...{ parent_task_id: parentTaskId, archived: true, changed: kind === 'changed' },
    next: `{"action":"restore","target_task_id":"${parentTaskId}"} brings it back.`,
  };
}

async function restore(args: Arguments, desk: Desk): Promise<object> {
  const { workspace, signal } = desk;
  const parentTaskId = await targetOf(args, desk);
  const { kind, breakdown } = await restoreArchived(workspace, { parentTaskId, signal });
  const { counts, ready } = breakdown;
  return {
    ...{ parent_task_id: parentTaskId, archived: false, changed: kind === 'changed' },
    ...{ counts, ready },
  };
}

async function targetOf(
  { target_task_id: ref }: Arguments,
  { workspace, signal }: Desk,
): Promise<string> {
  if (ref === undefined) {
    throw new PawlError('arguments_invalid', 'target_task_id is needed: the id of a breakdown');
  }
  return (await findBreakdown(underSignal(workspace, signal), ref)).parentTaskId;
}
