import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { type ChangeTaskInput, changeTask, type PersonVerb } from './change-task.ts';
import { loadTaskList } from './load-task-list.ts';
import { previewRun } from './preview-run.ts';
import { readOutput } from './read-output.ts';
import { setExecutor } from './set-executor.ts';
import { writeListMarks } from './write-list-marks.ts';

const LIST = '- [ ] A-1: one\n- [ ] A-2: two depends: A-1\n';

interface Scene {
  project: ScratchProject;
  /** Folders whose programs were ended. */
  ended: string[];
}

const scene = {} as Scene;

beforeEach(async () => {
  scene.project = await openScratchProject(LIST);
  scene.ended = [];
});
afterEach(() => scene.project.close());

const change = async (
  taskId: string,
  verb: PersonVerb,
  more: Partial<ChangeTaskInput> = {},
): ReturnType<typeof changeTask> =>
  await changeTask(scene.project, {
    task: await scene.project.task(taskId),
    verb,
    reason: 'because',
    endByFolder: async (folder) => {
      scene.ended.push(folder);
    },
    killGraceMs: 10,
    waitMs: 200,
    version: '1',
    ...more,
  });

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  await work.then(
    () => 'resolved',
    (error: { code: string }) => error.code,
  );

describe('loading a list', () => {
  it('stores it, and the second time changes nothing', async () => {
    const first = await loadTaskList(scene.project, { path: scene.project.listPath });
    const second = await loadTaskList(scene.project, { path: scene.project.listPath });
    expect([first.added, second.added, second.updated, second.archived]).toEqual([2, 0, 0, 0]);
  });

  it('refuses a cycle with its path, and stores nothing', async () => {
    scene.project.write('- [ ] A-1: one depends: A-2\n- [ ] A-2: two depends: A-1\n');
    await expect(
      loadTaskList(scene.project, { path: scene.project.listPath }),
    ).rejects.toMatchObject({
      code: 'list_cycle',
      message: expect.stringMatching(/A-1 -> A-2 -> A-1/),
    });
    expect(await scene.project.store.lists()).toEqual([]);
  });

  it('refuses a verify command that only a shell could run, with its line', async () => {
    scene.project.write('- [ ] A-1: one verify: a | b\n');
    await expect(
      loadTaskList(scene.project, { path: scene.project.listPath }),
    ).rejects.toMatchObject({
      code: 'list_invalid',
      details: { findings: [expect.objectContaining({ code: 'verify_shell_operator', line: 1 })] },
    });
  });

  it('starts tasks with a missing dependency only when told to', async () => {
    scene.project.write('- [ ] A-1: one depends: X-1\n');
    await loadTaskList(scene.project, { path: scene.project.listPath });
    expect((await scene.project.task('A-1')).pendingDeps).toBe(1);
    await loadTaskList(scene.project, { path: scene.project.listPath, ignoreMissing: true });
    expect((await scene.project.task('A-1')).pendingDeps).toBe(0);
  });
});

describe('a preview', () => {
  const options = {
    maxConcurrent: 1,
    minPriority: 'P4',
    onDepFailure: 'skip',
    ignoreMissing: false,
  } as const;

  it('says what would run, and creates nothing', async () => {
    const { world, log } = scene.project;
    const preview = await previewRun(
      { world, log, store: null },
      { path: scene.project.listPath, options },
    );
    expect(preview.starts.map((start) => start.taskId)).toEqual(['A-1', 'A-2']);
    expect(await scene.project.store.lists()).toEqual([]);
    expect(scene.project.read()).toBe(LIST);
  });

  it('knows what was done already', async () => {
    await scene.project.load();
    await change('A-1', 'skip');
    scene.project.write(LIST);
    const preview = await previewRun(scene.project, { path: scene.project.listPath, options });
    expect(preview.starts).toEqual([]);
    expect(preview.left).toEqual([
      { taskId: 'A-1', why: 'it is skipped' },
      { taskId: 'A-2', why: 'it is skipped' },
    ]);
  });
});

describe('a person’s verb', () => {
  it('changes the task and its mark in the file', async () => {
    await scene.project.load();
    const changed = await change('A-1', 'skip');
    expect(changed).toMatchObject({ kind: 'changed', task: { status: 'skipped' } });
    expect(scene.project.read()).toBe('- [-] A-1: one\n- [-] A-2: two depends: A-1\n');
    await change('A-1', 'retry');
    expect(scene.project.read()).toMatch(/^- \[ \] A-1/);
  });

  it('is refused where the transitions do not have it', async () => {
    await scene.project.load();
    expect(await codeOf(change('A-1', 'retry'))).toBe('illegal_transition');
  });

  it('runs completed work again only when that is confirmed', async () => {
    scene.project.write('- [x] A-1: one\n');
    await scene.project.load();
    expect(await codeOf(change('A-1', 'requeue'))).toBe('confirmation_needed');
    const changed = await change('A-1', 'requeue', { confirmed: true });
    expect(changed.task.status).toBe('queued');
  });

  it.each([
    ['cancel', 'cancelled'],
    ['skip', 'skipped'],
    ['requeue', 'queued'],
  ] as const)(
    '%s ends the agent of a dead holder first, then the task is %s',
    async (verb, status) => {
      const list = await scene.project.load();
      const [claimed] = await scene.project.claim(list, null);
      const changed = await change('A-1', verb);
      expect(changed).toMatchObject({ kind: 'changed', task: { status } });
      expect(scene.ended).toEqual([
        `${scene.project.stateDir}/attempts/${claimed?.id}/${claimed?.fence}`,
      ]);
      expect((await scene.project.task('A-1')).attempts).toBe(0);
    },
  );

  it('asks a living holder, and says so when it does not answer in time', async () => {
    const list = await scene.project.load();
    await scene.project.claim(list, scene.project.world.processes.self);
    const changed = await change('A-1', 'cancel');
    expect(changed).toMatchObject({ kind: 'asked', holder: expect.stringContaining('process') });
    expect(changed.task.status).toBe('running');
    expect(scene.ended).toEqual([]);
  });

  it('is done when the living holder has done it', async () => {
    const list = await scene.project.load();
    const [claimed] = await scene.project.claim(list, scene.project.world.processes.self);
    const changing = change('A-1', 'cancel', { waitMs: 5_000 });
    const { id, fence } = claimed as NonNullable<typeof claimed>;
    const outcome = { kind: 'cancelled', reason: 'because' } as const;
    const { DEFAULT_RETRY_POLICY: policy } = await import('../domain/task.ts');
    await scene.project.store.finishAttempt({ id, fence, outcome, policy });
    expect(await changing).toMatchObject({ kind: 'changed', task: { status: 'cancelled' } });
  });

  it('is not lost when the list file cannot be written', async () => {
    await scene.project.load();
    const { rmSync } = await import('node:fs');
    rmSync(scene.project.listPath);
    expect((await change('A-1', 'skip')).task.status).toBe('skipped');
    expect(existsSync(scene.project.listPath)).toBe(false);
  });
});

describe('stop', () => {
  it('ends the agents of dead holders and queues their tasks uncharged', async () => {
    const list = await scene.project.load();
    await scene.project.claim(list, null);
    const changed = await setExecutor(scene.project, {
      list,
      verb: 'stop',
      endByFolder: async (folder) => void scene.ended.push(folder),
      killGraceMs: 10,
      version: '1',
    });
    expect(changed.stillRunning).toEqual([]);
    expect(changed.status).toMatchObject({ executor: { status: 'stopped' }, running: [] });
    expect(scene.ended).toHaveLength(1);
    expect(await scene.project.task('A-1')).toMatchObject({ status: 'queued', attempts: 0 });
  });

  it('names what living holders have not ended in time', async () => {
    const list = await scene.project.load();
    await scene.project.claim(list, scene.project.world.processes.self);
    const changed = await setExecutor(scene.project, {
      list,
      verb: 'stop',
      endByFolder: async () => undefined,
      killGraceMs: 10,
      waitMs: 100,
      version: '1',
    });
    expect(changed.stillRunning).toEqual(['A-1']);
  });
});

describe('marks', () => {
  it('are written once, and not again when nothing is owed', async () => {
    await scene.project.load();
    await change('A-1', 'skip');
    expect(await writeListMarks(scene.project, scene.project.listPath)).toEqual({
      kind: 'nothing-owed',
    });
  });

  it('wait for a living writer, and not for one that was killed', async () => {
    const list = await scene.project.load();
    await scene.project.store.changeTask({
      id: (await scene.project.task('A-1')).id,
      verb: 'skip',
      reason: 'x',
      by: 'person',
      confirmed: false,
      cascade: false,
    });
    const name = `marks:${list.listId}`;
    const { lockOwner } = await import('./lock-owner.ts');
    const owner = lockOwner(scene.project.world);
    const lock = await scene.project.store.acquireLock({ name, holderId: owner, ttlMs: 60_000 });
    expect(await writeListMarks(scene.project, scene.project.listPath)).toEqual({ kind: 'held' });
    if (lock.kind === 'acquired') {
      await scene.project.store.releaseLock({ name, holderId: owner, fence: lock.fence });
    }
    const [host, , pid, start, unique] = owner.split('|');
    const dead = [host, 'another boot', pid, start, unique].join('|');
    await scene.project.store.acquireLock({ name, holderId: dead, ttlMs: 60_000 });
    expect(await writeListMarks(scene.project, scene.project.listPath)).toMatchObject({
      kind: 'written',
    });
  });

  it('go beside a list that has no place for them, and the list stays as it is', async () => {
    const table = '| ID | Description | Pass criteria |\n|--|--|--|\n| A-1 | one | it works |\n';
    await scene.project.load(table);
    await change('A-1', 'skip');
    expect(scene.project.read()).toBe(table);
    expect(scene.project.read(`${scene.project.listPath}.pawl-status`)).toContain(
      '- [-] A-1: one (skipped)',
    );
  });

  it('are not written by another host', async () => {
    await scene.project.load();
    const { processes } = scene.project.world;
    const elsewhere = {
      ...scene.project,
      world: { ...scene.project.world, processes: { ...processes, host: 'other' } },
    };
    expect(await writeListMarks(elsewhere, scene.project.listPath)).toEqual({ kind: 'not-ours' });
  });

  it('leave a hand-made edit to be read by the next load', async () => {
    await scene.project.load();
    scene.project.write(`${LIST}- [ ] A-3: new\n`);
    await change('A-1', 'skip');
    expect(scene.project.read()).toContain('- [ ] A-3: new');
    const { added } = await loadTaskList(scene.project, { path: scene.project.listPath });
    expect(added).toBe(1);
  });
});

describe('reading output', () => {
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

  it('refuses an attempt that there is not, naming those that there are', async () => {
    const list = await scene.project.load();
    await scene.project.claim(list, scene.project.world.processes.self);
    const task = await scene.project.task('A-1');
    const input = { task, follow: false, reader: neverRead, onBytes: () => undefined };
    expect(await codeOf(readOutput(scene.project, { ...input, attempt: 7 }))).toBe(
      'task_not_found',
    );
  });

  it('follows until the attempt is over, and misses nothing written last', async () => {
    const list = await scene.project.load();
    const [claimed] = await scene.project.claim(list, scene.project.world.processes.self);
    const { id, fence } = claimed as NonNullable<typeof claimed>;
    let kept = 'first ';
    const seen: string[] = [];
    const { DEFAULT_RETRY_POLICY: policy } = await import('../domain/task.ts');
    const reading = readOutput(scene.project, {
      task: await scene.project.task('A-1'),
      attempt: null,
      follow: true,
      reader: (_folder, { offset }) => {
        const bytes = new TextEncoder().encode(kept.slice(offset));
        return Promise.resolve({ bytes, next: kept.length, last: false });
      },
      onBytes: (bytes) => {
        seen.push(text(bytes));
        if (seen.length > 1) return;
        kept += 'last';
        void scene.project.store.finishAttempt({
          id,
          fence,
          outcome: { kind: 'succeeded' },
          policy,
        });
      },
    });
    expect(await reading).toMatchObject({ attempt: 1, bytes: 10, outcome: 'succeeded' });
    expect(seen.join('')).toBe('first last');
  });
});

function neverRead(): Promise<never> {
  return Promise.reject(new Error('read'));
}

describe('a task that a client holds on a shared store', () => {
  it('is cancelled at once: no process of ours is waited for', async () => {
    const { project } = scene;
    const { listId } = await project.load();
    await project.store.setExecutor({ listId, status: 'running' });
    const wish = {
      maxConcurrent: 1,
      minPriority: 'P4',
      defaultAgent: 'x',
      leaseMs: 60_000,
    } as const;
    await project.store.claimNext({ ...wish, listId, holderId: 'session:gone', max: 1 });
    const capabilities = { ...project.store.capabilities, shared: true };
    const store = new Proxy(project.store, {
      get: (target, name) => (name === 'capabilities' ? capabilities : Reflect.get(target, name)),
    });
    const changed = await changeTask(
      { ...project, store },
      {
        task: await project.task('A-1'),
        ...{ verb: 'cancel', reason: 'because', killGraceMs: 10, waitMs: 200, version: '1' },
        endByFolder: async () => undefined,
      },
    );
    expect(changed).toMatchObject({ kind: 'changed', task: { status: 'cancelled' } });
  });
});
