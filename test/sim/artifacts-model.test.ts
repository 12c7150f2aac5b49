import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPawlError } from '../../src/domain/errors.ts';
import { appendArtifact } from '../../src/operations/append-artifact.ts';
import { completeArtifact } from '../../src/operations/complete-artifact.ts';
import { openArtifact } from '../../src/operations/open-artifact.ts';
import { readArtifact } from '../../src/operations/read-artifact.ts';
import type { Checkpoint } from '../../src/world/world.ts';
import { openScratchProject, type ScratchProject } from '../support/scratch-project.ts';
import { testDepth } from '../support/test-depth.ts';

const RUNS = testDepth.pick({ reduced: 30, full: 500 });
const LABEL = { name: 's', kind: 'general', mediaType: 'text/plain', summary: null };

/** What happens next to a stream whose byte at `i` is `i % 251`. */
type Step =
  | { readonly verb: 'send'; readonly back: number; readonly length: number; readonly dies: Death }
  | { readonly verb: 'behind'; readonly length: number }
  | { readonly verb: 'skip' | 'lie' | 'look' }
  | { readonly verb: 'close'; readonly dies: Death };
type Death = Checkpoint | null;

const sendDeath = fc.constantFrom<Death>(
  ...[null, null, 'artifact-range-staged' as const, 'artifact-range-linked' as const],
);
const closeDeath = fc.constantFrom<Death>(
  ...([null, 'artifact-assembled', 'artifact-sealed', 'artifact-placed'] as const),
);
const send = fc.record({
  verb: fc.constant('send' as const),
  ...{ back: fc.nat(40), length: fc.nat(30), dies: sendDeath },
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: send },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('behind' as const), length: fc.nat(9) }) },
  {
    weight: 2,
    arbitrary: fc.record({ verb: fc.constantFrom('skip', 'lie', 'look') as fc.Arbitrary<'skip'> }),
  },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('close' as const), dies: closeDeath }) },
);

const stream = (from: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (from + at) % 251);

/** A call that ends as a killed process does: at this point, without an answer. */
function dying(project: ScratchProject, dies: Death): ScratchProject {
  const checkpoint = (name: Checkpoint): void => {
    if (name === dies) throw new Error('killed');
  };
  return { ...project, world: { ...project.world, checkpoint } };
}

async function outcome<T>(call: Promise<T>): Promise<T | string> {
  try {
    return await call;
  } catch (error) {
    return isPawlError(error) && error.code !== 'bug' ? error.code : 'killed';
  }
}

/** Take the steps, comparing with what must be there, then close and compare the whole. */
async function take(project: ScratchProject, steps: readonly Step[]): Promise<void> {
  const [claimed] = await project.claim(await project.load(), null);
  const place = { task: claimed?.id ?? '', fence: claimed?.fence ?? 0 };
  const open = () => openArtifact(project, { ...LABEL, ...place });
  const { artifactId } = (await open()).artifact;
  const own = { artifactId, fence: place.fence };
  const append = (offset: number | null, content: Uint8Array, dies: Death = null) =>
    outcome(appendArtifact(dying(project, dies), { ...own, offset, content }));
  let end = 0;
  let closing = false;
  for (const one of steps) {
    if (closing && one.verb !== 'close' && one.verb !== 'look') {
      expect(await append(end, stream(end, 1))).toBe('artifact_closed');
    } else if (one.verb === 'send') {
      const offset = Math.max(0, end - one.back);
      const after = Math.max(end, offset + one.length);
      const isNew = after > end;
      const sent = await append(offset, stream(offset, one.length), one.dies);
      const answer = { artifactId, added: after - end, nextOffset: after };
      expect(sent).toEqual(isNew && one.dies !== null ? 'killed' : answer);
      if (one.dies !== 'artifact-range-staged') end = after;
    } else if (one.verb === 'behind') {
      expect(await append(null, stream(end, one.length))).toMatchObject({ added: one.length });
      end += one.length;
    } else if (one.verb === 'skip') {
      expect(await append(end + 1, stream(end, 3))).toBe('artifact_gap');
    } else if (one.verb === 'lie' && end > 0) {
      expect(await append(end - 1, stream(end, 5))).toBe('artifact_conflict');
    } else if (one.verb === 'look') {
      const { artifact, nextOffset } = await open();
      expect([artifact.artifactId, nextOffset]).toEqual([artifactId, end]);
    } else if (one.verb === 'close') {
      const closed = await outcome(completeArtifact(dying(project, one.dies), own));
      if (closed !== 'killed') break;
      closing ||= one.dies !== 'artifact-assembled';
    }
  }
  const sha256 = createHash('sha256').update(stream(0, end)).digest('hex');
  const done = await completeArtifact(project, { ...own, expect: { bytes: end, sha256 } });
  expect(done).toMatchObject({ artifactId, state: 'complete', bytes: end, sha256 });
  const { bytes } = await readArtifact(project, { artifactId, verify: true });
  expect(Buffer.from(bytes).equals(stream(0, end))).toBe(true);
  expect(readdirSync(join(project.stateDir, 'artifacts/open'))).toEqual([]);
}

describe('a stream and its model', () => {
  it('agree after every range that is sent, repeated, invented, or dies on its way', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const project = await openScratchProject('- [ ] A-1: one\n');
        try {
          await take(project, steps);
        } finally {
          await project.close();
        }
      }),
      { numRuns: RUNS },
    );
  });
});
