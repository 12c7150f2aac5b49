import { writeSync } from 'node:fs';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { isPawlError } from '../../src/domain/errors.ts';
import { appendArtifact } from '../../src/operations/append-artifact.ts';
import { completeArtifact } from '../../src/operations/complete-artifact.ts';
import { listArtifacts } from '../../src/operations/list-artifacts.ts';
import { openArtifact } from '../../src/operations/open-artifact.ts';
import { createRealWorld } from '../../src/world/real-world.ts';
import { CHAOS_VARIABLE, chaosWorld, readOrders } from './chaos-world.ts';

/** What a writer was told on its command line, as JSON. */
export interface ArtifactWriterTask {
  readonly root: string;
  readonly task: string;
  readonly fence: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly chunkBytes: number;
  /** How much of what is there already it sends once more when it begins. */
  readonly againBytes: number;
  /** Sends behind whatever is there, from what it was told last: the guard is taken out. */
  readonly naiveFrom: number | null;
}

/** What is known of it in the end. */
export interface ArtifactWriterReport {
  readonly bytes: number;
  readonly rssGrowth: number;
}

const WORD_BYTES = 4;

/** The bytes of the stream from `offset` on: each word says where it stands. */
export function fillStream(buffer: Buffer, offset: number): Buffer {
  for (let at = 0; at < buffer.length; at += WORD_BYTES) {
    const word = Math.imul((offset + at) / WORD_BYTES, 0x9e37_79b1) >>> 0;
    buffer.writeUInt32LE(word, at);
  }
  return buffer;
}

/**
 * A process of its own that streams an artifact, going on where the one before it was killed. Each
 * acknowledged range is said at once on standard output; at its end it says how its memory grew.
 */
async function writeAll(task: ArtifactWriterTask): Promise<ArtifactWriterReport> {
  const world = chaosWorld(createRealWorld(), readOrders(process.env[CHAOS_VARIABLE]));
  const workspace = await openWorkspace({
    ...{ world, dir: task.root, create: false, warn: () => undefined },
  });
  try {
    return await write(workspace, task);
  } finally {
    await workspace.close();
  }
}

async function write(
  workspace: Awaited<ReturnType<typeof openWorkspace>>,
  task: ArtifactWriterTask,
): Promise<ArtifactWriterReport> {
  const say = (line: string): void => void writeSync(1, `${line}\n`);
  const { artifacts } = await listArtifacts(workspace, { task: task.task, state: 'complete' });
  const [complete] = artifacts;
  if (complete !== undefined) return { bytes: complete.bytes, rssGrowth: 0 };
  const { artifact, nextOffset } = await openArtifact(workspace, {
    ...{ task: task.task, fence: task.fence, name: 'stream', kind: 'general', summary: null },
    mediaType: 'application/octet-stream',
  });
  const own = { artifactId: artifact.artifactId, fence: task.fence };
  const buffer = Buffer.alloc(task.chunkBytes);
  const begin = process.memoryUsage().rss;
  let most = begin;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const looking = setInterval(look, 5).unref();
  let offset = Math.max(0, nextOffset - task.againBytes);
  if (task.naiveFrom !== null) offset = task.naiveFrom;
  // Of one that was being closed when its writer was killed, nothing is sent any more.
  while (artifact.sha256 === null && offset < task.bytes) {
    const content = fillStream(
      buffer.subarray(0, Math.min(buffer.length, task.bytes - offset)),
      offset,
    );
    const place = task.naiveFrom === null ? offset : null;
    await appendArtifact(workspace, { ...own, offset: place, content });
    offset += content.length;
    say(`acked ${offset}`);
    look();
  }
  say('closing');
  const expect = { bytes: task.bytes, sha256: task.sha256 };
  const done = await completeArtifact(workspace, { ...own, expect });
  look();
  clearInterval(looking);
  return { bytes: done.bytes, rssGrowth: most - begin };
}

if (process.argv[1] === import.meta.filename) {
  try {
    const report = await writeAll(JSON.parse(process.argv[2] as string) as ArtifactWriterTask);
    writeSync(1, `report ${JSON.stringify(report)}\n`);
  } catch (error) {
    writeSync(1, `refused ${isPawlError(error) ? error.code : String(error)}\n`);
  }
}
