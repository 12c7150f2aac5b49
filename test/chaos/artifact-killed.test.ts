import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { loadTaskList } from '../../src/operations/load-task-list.ts';
import { readArtifact } from '../../src/operations/read-artifact.ts';
import type { Checkpoint } from '../../src/world/world.ts';
import { testDepth } from '../support/test-depth.ts';
import {
  type ArtifactWriterReport,
  type ArtifactWriterTask,
  fillStream,
} from './artifact-writer.ts';
import { programOf } from './built-chaos.ts';
import { CHAOS_VARIABLE, type ChaosOrder } from './chaos-world.ts';
import { SeededRandom } from './seeded-random.ts';

const MIB = 1024 * 1024;
const BYTES = testDepth.pick({ reduced: 20, full: 200 }) * MIB;
/** While it is streamed: in the middle of a range or behind it, and at any moment. */
const KILLS_STREAMING = testDepth.pick({ reduced: 3, full: 14 });
/** While it is closed. */
const CLOSING: readonly Checkpoint[] = testDepth.pick<readonly Checkpoint[]>({
  reduced: ['artifact-sealed'],
  full: [
    ...(['artifact-assembled', 'artifact-assembled', 'artifact-sealed'] as const),
    ...(['artifact-sealed', 'artifact-placed', 'artifact-completed'] as const),
  ],
});
const RSS_GROWTH_MAX = 50 * MIB;
const SCRIPT = programOf('artifact-writer');

let root: string;
let held: { readonly task: string; readonly fence: number };
beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-artifact-')));
  writeFileSync(join(root, 'tasks.md'), '- [ ] A-1: stream\n');
  await inProject(true, async (workspace) => {
    const { list } = await loadTaskList(workspace, { path: join(root, 'tasks.md') });
    await workspace.store.setExecutor({ listId: list.listId, status: 'running' });
    const [task] = await workspace.store.tasks({ listId: list.listId });
    const { id, fence } = await workspace.store.claimTask({
      ...{ id: task?.id ?? '', holderId: 'test', defaultAgent: null, leaseMs: 3_600_000 },
    });
    held = { task: id, fence };
  });
});
afterEach(() => rmSync(root, { recursive: true }));

async function inProject<T>(
  create: boolean,
  work: (workspace: Awaited<ReturnType<typeof openWorkspace>>) => Promise<T>,
): Promise<T> {
  const workspace = await openWorkspace({ dir: root, create, warn: () => undefined });
  try {
    return await work(workspace);
  } finally {
    await workspace.close();
  }
}

interface Death {
  readonly orders: readonly ChaosOrder[];
  /** Killed so long after this many ranges were acknowledged; null: by its orders. */
  readonly moment: { readonly acked: number; readonly ms: number } | null;
}

interface Life {
  readonly killed: boolean;
  readonly acked: number;
  readonly report: ArtifactWriterReport | null;
  readonly said: string;
}

/** Run a writer until it is killed, or done. */
async function live(task: ArtifactWriterTask, { orders, moment }: Death): Promise<Life> {
  const child = spawn(process.execPath, [SCRIPT, JSON.stringify(task)], {
    env: { ...process.env, [CHAOS_VARIABLE]: JSON.stringify({ orders, log: '/dev/null' }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  const killing: Promise<unknown>[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (moment === null || killing.length > 0) return;
    if ((said.match(/^acked /gm) ?? []).length < moment.acked) return;
    killing.push(after(moment.ms).then(() => child.kill('SIGKILL')));
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  await Promise.all(killing);
  const acked = [...said.matchAll(/^acked (\d+)$/gm)].map(([, bytes]) => Number(bytes));
  const [, report = null] = /^report (.*)$/m.exec(said) ?? [];
  return {
    killed: signal === 'SIGKILL',
    acked: Math.max(0, ...acked),
    report: report === null ? null : (JSON.parse(report) as ArtifactWriterReport),
    said,
  };
}

function hashOfStream(bytes: number): string {
  const hash = createHash('sha256');
  for (let offset = 0; offset < bytes; offset += MIB) {
    hash.update(fillStream(Buffer.alloc(Math.min(MIB, bytes - offset)), offset));
  }
  return hash.digest('hex');
}

describe('a process that is killed while it streams an artifact', () => {
  it('leaves what was acknowledged, no range twice, and the right hash in the end', async () => {
    const random = new SeededRandom(testDepth.seed);
    const sha256 = hashOfStream(BYTES);
    const points: readonly Checkpoint[] = ['artifact-range-staged', 'artifact-range-linked'];
    const most = Math.max(2, Math.floor(BYTES / MIB / KILLS_STREAMING / 2));
    const deaths: readonly Death[] = [
      ...Array.from({ length: KILLS_STREAMING }, (_, at): Death => {
        const nth = random.between(2, most);
        const point = points[at % 3];
        return point === undefined
          ? { orders: [], moment: { acked: nth - 1, ms: random.between(0, 8) } }
          : { orders: [{ at: point, nth, signal: 'SIGKILL' }], moment: null };
      }),
      ...CLOSING.map(
        (at): Death => ({ orders: [{ at, nth: 1, signal: 'SIGKILL' }], moment: null }),
      ),
    ];
    const task = (): ArtifactWriterTask => ({
      ...{ root, ...held, bytes: BYTES, sha256, naiveFrom: null },
      chunkBytes: 4 * random.between(MIB / 16, MIB / 4),
      againBytes: 4 * random.between(0, MIB / 2),
    });
    let acked = 0;
    for (const death of deaths) {
      const life = await live(task(), death);
      expect(life).toMatchObject({ killed: true, report: null });
      acked = Math.max(acked, life.acked);
      const [artifact] = await inProject(false, ({ store }) => store.artifacts({ limit: 10 }));
      expect(artifact?.bytes ?? 0).toBeGreaterThanOrEqual(acked);
    }
    const clean = { orders: [], moment: null };
    const { report } = await live(task(), clean);
    expect(report?.bytes).toBe(BYTES);
    await inProject(false, async (workspace) => {
      const [artifact, ...others] = await workspace.store.artifacts({ limit: 10 });
      expect(others).toEqual([]);
      expect(artifact).toMatchObject({ state: 'complete', bytes: BYTES, sha256 });
      const { artifactId = '' } = artifact ?? {};
      await readArtifact(workspace, { artifactId, bytesMax: 1, verify: true });
    });
    console.log(`  ${BYTES / MIB} MiB, ${deaths.length} kills, all at work when they came`);
  });

  it('holds no more in memory than a few ranges, however long the stream', async () => {
    const sha256 = hashOfStream(BYTES);
    const { report, said } = await live(
      {
        ...{ root, ...held, bytes: BYTES, sha256, naiveFrom: null },
        ...{ chunkBytes: MIB, againBytes: 0 },
      },
      { orders: [], moment: null },
    );
    expect(said).toContain('report');
    console.log(
      `  ${BYTES / MIB} MiB: memory grew by ${Math.round((report?.rssGrowth ?? 0) / MIB)} MiB`,
    );
    expect(report?.rssGrowth).toBeLessThan(RSS_GROWTH_MAX);
    expect(readdirSync(join(root, '.pawl/artifacts/open'))).toEqual([]);
  });

  it('(negative control) doubles a range when it does not say where its bytes belong', async () => {
    const bytes = 2 * MIB;
    const sha256 = hashOfStream(bytes);
    const task = (naiveFrom: number): ArtifactWriterTask => ({
      ...{ root, ...held, bytes, sha256, naiveFrom, chunkBytes: MIB / 2, againBytes: 0 },
    });
    const orders = [{ at: 'artifact-range-linked', nth: 2, signal: 'SIGKILL' }] as const;
    const { acked, killed } = await live(task(0), { orders, moment: null });
    expect(killed).toBe(true);
    const { said } = await live(task(acked), { orders: [], moment: null });
    expect(said).toContain('refused artifact_mismatch');
  });
});
