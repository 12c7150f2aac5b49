import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { traceOf } from '../../test/support/folder-trace.ts';
import {
  damagedStores,
  type MutatedStore,
  type WrittenStore,
  wholeStores,
  writeMutatedStore,
} from '../../test/support/mutated-stores.ts';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { testDepth } from '../../test/support/test-depth.ts';
import { importSource } from './import-source.ts';

/** An archived task that waits for another one: its edges were left out once. */
const ARCHIVED_WAITS: MutatedStore = {
  files: [
    {
      ...{ folder: 'active', state: 'whole', cutAt: 0 },
      subtasks: [
        { title: 0, dependencies: ['c'], status: 'archived' },
        { task_id: 'c', title: null },
      ],
    },
  ],
  ...{ database: null, newest: null },
};

/** What the older maintenance put away without an id was taken for another one without. */
const ARCHIVED_NAMELESS: MutatedStore = {
  ...{ files: [], newest: null },
  database: {
    subtasks: [{ title: 'x', plan: null }],
    archives: [{ plan: null, archived_data: '[', archive_reason: 0 }],
    ...{ missing: [], plans: 0, mode: 'delete', damage: null },
  },
};

/** The tags of all tasks that are stored, however often each. */
async function tagsIn({ store }: ScratchProject): Promise<readonly string[]> {
  const [open, archived] = await Promise.all([store.tasks({}), store.tasks({ archived: true })]);
  const ids = new Set([...open, ...archived].map(({ id }) => id));
  const tasks = await Promise.all([...ids].map((id) => store.task(id)));
  return tasks.flatMap((task) => task?.fields['junk'] ?? task?.fields['archive_reason'] ?? []);
}

async function withStore(
  store: MutatedStore,
  work: (project: ScratchProject, written: WrittenStore) => Promise<void>,
): Promise<void> {
  const project = await openScratchProject();
  const written = writeMutatedStore(project.root, store);
  try {
    const before = traceOf(project.root);
    await work(project, written);
    expect(traceOf(project.root)).toEqual(before);
    expect(await project.store.audit()).toEqual([]);
  } finally {
    written.close();
    await project.close();
  }
}

const importAll = async (project: ScratchProject) => {
  const scratchDir = join(project.stateDir, 'importing');
  const { sources } = await importSource(project, { place: project.root, scratchDir });
  if (sources[0] === undefined) throw new Error('no source');
  return sources[0];
};

const TIMEOUT_MS = testDepth.pick({ reduced: 60_000, full: 1_800_000 });

describe('of any store of the older server', () => {
  it(
    'nothing is lost or doubled, and the source stays as it is',
    async () => {
      await fc.assert(
        fc.asyncProperty(wholeStores, (store) =>
          withStore(store, async (project, { tags }) => {
            const count = tags.length;
            const first = await importAll(project);
            expect(first.counts).toMatchObject({ added: count, verified: count });
            expect((await tagsIn(project)).toSorted()).toEqual(tags.toSorted());
            const again = await importAll(project);
            expect(again.counts).toMatchObject({ added: 0, updated: 0, same: count });
          }),
        ),
        {
          ...{ numRuns: testDepth.pick({ reduced: 25, full: 3_000 }), seed: testDepth.seed },
          examples: [[ARCHIVED_WAITS], [ARCHIVED_NAMELESS]],
        },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'that is torn or damaged all is taken that is whole, once, and the rest is said',
    async () => {
      await fc.assert(
        fc.asyncProperty(damagedStores, (store) =>
          withStore(store, async (project, { tags, sound }) => {
            const first = await importAll(project);
            const found = await tagsIn(project);
            expect(new Set(found).size).toBe(found.length);
            expect(sound.filter((tag) => !found.includes(tag))).toEqual([]);
            const isSaid = first.findings.some(({ code }) => SAID.includes(code));
            if (!isSaid && !isOverwritten(store)) expect(found).toHaveLength(tags.length);
            const again = await importAll(project);
            expect(again.counts).toMatchObject({ added: 0, updated: 0, same: first.counts.added });
          }),
        ),
        { numRuns: testDepth.pick({ reduced: 20, full: 2_000 }), seed: testDepth.seed },
      );
    },
    TIMEOUT_MS,
  );
});

const SAID = ['file_unreadable', 'file_torn', 'file_not_taken'];

/** Where it hits nothing but texts, nobody can tell. */
function isOverwritten({ database, newest }: MutatedStore): boolean {
  return [database?.damage, newest?.damage].some((damage) => damage?.kind === 'overwritten');
}
