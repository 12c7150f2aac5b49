import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { pause, systemTimers } from '../../../src/world/timers.ts';
import { DoorBench, type DoorClient } from './door-bench.ts';

export const PARENT = 'task_0a1b2c3d';
export const TASK = 'implementer_0a1b2c';
export const SECOND = 'tester_0d1e2f';
/** A template that the project has. */
export const RELEASE = 'our_review';
export const RELEASE_TEXT = `// Ours
{ metadata: { name: 'Release {{version}}', version: 1, description: 'Ship it' },
  parameters: { version: { pattern: '^[0-9.]+$' }, check: { type: 'boolean', default: true } },
  tasks: {
    build: { title: 'Build {{version}}', specialist_type: 'implementer' },
    check: {
      title: 'Check', dependencies: ['build'], when: 'check', verify: ['test', '{{version}}'],
    },
    ship: { title: 'Ship {{version}}', dependencies: ['check'] },
  } }
`;

const LOOK_MS = 20;

/** A project with the breakdown that the documented examples are about. */
export class ToolScene {
  readonly bench = new DoorBench();

  /** A folder with a store in which nothing happened; whoever makes it takes it away. */
  static async emptyStore(): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'pawl-empty-'));
    const { bench } = new ToolScene();
    await bench.pool.use({ root: bench.root, create: true }, () => Promise.resolve());
    await bench.pool.close();
    cpSync(join(bench.root, '.pawl'), folder, { recursive: true });
    await bench.close();
    return folder;
  }

  /** `empty`: its store is a copy of that one; making one is most of the work. */
  async open(empty?: string): Promise<DoorClient> {
    const stateDir = join(this.bench.root, '.pawl');
    if (empty === undefined) mkdirSync(stateDir);
    else cpSync(empty, stateDir, { recursive: true });
    writeFileSync(join(stateDir, 'config.json'), JSON.stringify({ agentCommand: 'true' }));
    const agent = await this.bench.connect('modern', { set: 'all' });
    await agent.done('plan_task', {
      ...{ parent_task_id: PARENT, description: 'Users can cancel an order' },
      subtasks: [
        { task_id: TASK, title: 'Endpoint', specialist_type: 'implementer' },
        { task_id: SECOND, title: 'Test', specialist_type: 'tester', dependencies: [TASK] },
      ],
    });
    await agent.done('template_create', { template_id: RELEASE, template_content: RELEASE_TEXT });
    return agent;
  }

  /** All that is stored of tasks, sessions, templates and restarts, and how many events. */
  async state(): Promise<string> {
    return await this.bench.pool.use(
      { root: this.bench.root, create: false },
      async ({ store }) => {
        const [lists, tasks, archived, events, sessions] = await Promise.all([
          store.breakdowns({ archived: 'too' }),
          store.tasks({}),
          store.tasks({ archived: true }),
          store.events({}),
          store.sessions({}),
        ]);
        return JSON.stringify({
          lists,
          tasks,
          archived,
          events: events.length,
          sessions,
          generation: this.generation(),
          files: this.files(),
        });
      },
    );
  }

  /** How often it was restarted, as it stands in its file. */
  generation(): string {
    const path = join(this.bench.root, '.pawl/generation');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /** Every template of the project, those put aside too, with its text. */
  files(): readonly (readonly [string, string])[] {
    const folder = join(this.bench.root, '.pawl/templates');
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const);
  }

  /** What was started goes on by itself: resolves when it is over. */
  async still(): Promise<void> {
    const { pool, root } = this.bench;
    await pool.use({ root, create: false }, async ({ store }) => {
      while ((await store.instances()).some(({ kind }) => kind === 'executor')) {
        await pause(systemTimers, LOOK_MS);
      }
    });
  }

  async close(): Promise<void> {
    await this.still();
    await this.bench.close();
  }
}

const text = z.string().min(1);
const counts = z.record(z.string(), z.number());
const brief = z.looseObject({ task_id: text, state: text, title: z.string() });

const WORK = z.looseObject({
  ...{ claim: text, task_id: text, title: text, description: text, attempt: z.number() },
  ...{ lease_until: text, resource: text, next: text },
});

const SUMMARY = z.looseObject({ lists: z.number(), tasks: z.number() });

/** What each tool is documented to answer. */
export const SHAPES: Readonly<Record<string, z.ZodType>> = {
  initialize_session: z.looseObject({
    ...{ session_id: text, session: z.enum(['opened', 'resumed']), workspace: text },
    ...{ found_by: text, summary: SUMMARY, next: text },
  }),
  plan_task: z.looseObject({
    ...{ parent_task_id: text, title: text, workspace: text, total: z.number() },
    subtasks: z.array(z.looseObject({ task_id: text, title: text })).min(1),
    ...{ ready: z.number(), next: text },
  }),
  execute_task: WORK,
  claim_next: WORK,
  complete_task: z.looseObject({
    result: z.literal('ended'),
    task: brief,
    outcome: text,
    next: text,
  }),
  synthesize_results: z.looseObject({
    ...{ parent_task_id: text, verdict: text, headline: text, counts, report: text },
  }),
  get_status: z.looseObject({
    ...{ workspace: text, found_by: text, summary: SUMMARY, next: text },
    lists: z.array(z.looseObject({ total: z.number(), counts })).optional(),
  }),
  heartbeat: z.looseObject({ claim: text, task_id: text, lease_until: text }),
  query_tasks: z.looseObject({ tasks: z.array(brief).min(1) }),
  update_task: z.looseObject({ task: brief, why: text, changed: z.array(text) }),
  cancel_task: z.looseObject({ task: brief, previous_status: text, reason: text }),
  run: z.looseObject({ list: text, started: z.boolean(), next: text }),
  maintenance_coordinator: z.looseObject({ action: text, preview: z.literal(true), next: text }),
  health_check: z.looseObject({
    ...{ healthy: z.boolean(), workspace: text, server_version: text, generation: z.number() },
    checks: z.record(z.string(), z.looseObject({ ok: z.boolean(), message: text })),
  }),
  restart_server: z.looseObject({
    ...{ restarted: z.literal(true), generation: z.number().min(1), workspace: text },
    took_ms: z.number(),
  }),
  list_sessions: z.looseObject({
    ...{ count: z.number(), sessions: z.array(z.looseObject({ sessionId: text })).min(1) },
  }),
  session_status: z.looseObject({ session: z.looseObject({ sessionId: text }), hand_over: text }),
  resume_session: z.looseObject({
    ...{ session: z.looseObject({ sessionId: text }), hand_over: text, next: text },
  }),
  cleanup_sessions: z.looseObject({ preview: z.literal(true), count: z.number() }),
  delete_task: z.looseObject({
    ...{ parent_task_id: text, archived: z.literal(true), changed: z.boolean() },
  }),
  restart_status: z.looseObject({
    ...{ workspace: text, generation: z.number(), calls_under_way: z.number() },
  }),
  shutdown_prepare: z.looseObject({ ready: z.boolean(), running: z.number(), next: text }),
  reconnect_test: z.looseObject({
    ...{ server_version: text, workspace: text, generation: z.number() },
    ...{ session: z.looseObject({ sessionId: text }), hand_over: text },
  }),
  template_list: z.looseObject({
    ...{ total: z.number().min(10), count: z.number() },
    templates: z
      .array(z.looseObject({ template_id: text, category: text, origin: text, name: text }))
      .min(5),
  }),
  template_load: z.looseObject({
    ...{ template_id: text, category: text, origin: text, content_hash: text },
    ...{ valid: z.literal(true), content: text, characters: z.number() },
  }),
  template_info: z.looseObject({
    ...{ template_id: text, name: text, version: text, description: text },
    parameters: z.array(z.looseObject({ name: text, type: text, required: z.boolean() })).min(1),
    tasks: z.array(z.looseObject({ key: text, title: text })).min(1),
  }),
  template_instantiate: z.looseObject({
    ...{ tasks_created: z.literal(true), parent_task_id: text, title: text, workspace: text },
    subtasks: z.array(z.looseObject({ task_id: text, key: text, title: text })).min(1),
    ...{ total: z.number(), ready: z.number().min(1), next: text },
  }),
  template_create: z.looseObject({
    ...{ template_id: text, category: z.literal('user'), file: text, next: text },
    parameters: z.array(text).min(1),
  }),
  template_validate: z.looseObject({
    ...{ valid: z.literal(true), parameters: z.array(text), tasks: z.array(text).min(1) },
  }),
  template_validate_all: z.looseObject({
    ...{ valid: z.boolean(), total: z.number(), valid_count: z.number() },
  }),
  template_delete: z.looseObject({
    ...{ template_id: text, category: text, deleted: z.literal(true), kept_in: text, next: text },
  }),
  template_install_examples: z.looseObject({
    ...{ category: z.literal('shared'), installed_count: z.literal(5) },
    installed: z.array(text).length(5),
  }),
  template_install_default_library: z.looseObject({
    ...{ category: z.literal('shared'), installed: z.array(text).length(2) },
  }),
  template_get_installation_status: z.looseObject({
    ...{ workspace: text, total: z.number(), come_with_pawl: z.number(), user: z.literal(1) },
    ...{ invalid_count: z.literal(0), next: text },
  }),
};
