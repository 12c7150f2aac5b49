import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace } from '../../../../src/app/open-workspace.ts';
import { loadTaskList } from '../../../../src/operations/load-task-list.ts';
import { DoorBench } from '../door-bench.ts';
import { KnownNames } from './known-names.ts';

const LIST = `# Work

| ID | Task | Depends | Status |
|----|------|---------|--------|
| L-1 | First | | [ ] |
| L-2 | Second. verify: true | L-1 | [ ] |
| L-3 | Done before | | [x] |
`;

/** A folder with projects in it, one of which has tasks in every state; and all their names. */
export class FuzzProject {
  /** Nothing outside is touched by any call. */
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-fuzz-')));
  readonly root = join(this.folder, 'project');
  readonly #kept = `${this.folder}-kept`;
  readonly #lived = new KnownNames();
  #names = new KnownNames();

  get names(): KnownNames {
    return this.#names;
  }

  async open(): Promise<void> {
    const { folder, root } = this;
    for (const one of ['project/.git', 'project/src', 'other/.git', 'plain']) {
      mkdirSync(join(folder, one), { recursive: true });
    }
    writeFileSync(join(root, 'src', 'kept.txt'), 'kept');
    writeFileSync(join(root, 'tasks.md'), LIST);
    writeFileSync(join(folder, 'secret.txt'), 'not of the project');
    symlinkSync(join(folder, 'secret.txt'), join(root, 'src', 'link.txt'));
    symlinkSync(join(folder, 'other'), join(folder, 'linked'));
    const beside = ['src', 'tasks.md', 'missing', '../other', 'src/../../plain', 'a\0b'];
    this.#lived.add(
      'working_directory',
      root,
      `${root}/`,
      ...beside.map((one) => `${root}/${one}`),
    );
    this.#lived.add('working_directory', join(folder, 'linked'), 'project', '..');
    this.#lived.add(
      'path',
      'src/kept.txt',
      'src/link.txt',
      '../secret.txt',
      'src',
      '.pawl/pawl.db',
    );
    this.#lived.add('list', 'tasks.md', join(root, 'tasks.md'), join(folder, 'other/tasks.md'));
    await this.#load();
    await this.#live();
    cpSync(folder, this.#kept, { recursive: true, verbatimSymlinks: true });
    this.begin();
  }

  /** As it was after `open`. */
  begin(): void {
    rmSync(this.folder, { recursive: true, force: true });
    cpSync(this.#kept, this.folder, { recursive: true, verbatimSymlinks: true });
    this.#names = this.#lived.copy();
  }

  /** What the store itself finds amiss. */
  async audit(): Promise<readonly string[]> {
    const workspace = await openWorkspace({
      ...{ dir: this.root, create: false, warn: () => undefined },
    });
    try {
      return (await workspace.store.audit()).map((one) => `${one.taskId}: ${one.message}`);
    } finally {
      await workspace.close();
    }
  }

  close(): void {
    for (const one of [this.folder, this.#kept]) rmSync(one, { recursive: true, force: true });
  }

  async #load(): Promise<void> {
    const path = join(this.root, 'tasks.md');
    const workspace = await openWorkspace({
      ...{ dir: this.root, listPath: path, create: true, warn: () => undefined },
    });
    await loadTaskList(workspace, { path });
    await workspace.close();
  }

  /** Somebody else plans, works, gives back, and leaves. */
  async #live(): Promise<void> {
    const bench = new DoorBench({ root: this.root });
    const agent = await bench.connect('modern', { set: 'all', name: 'earlier' });
    const done = async (name: string, args: Readonly<Record<string, unknown>>) => {
      const answer = await agent.done(name, args);
      this.#lived.harvest(answer);
      return answer;
    };
    const titles = ['Held', 'Done', 'Waiting', 'Given-back', 'Ready', 'Checked'];
    const { parent_task_id: parent, subtasks } = await done('plan_task', {
      description: 'Work in every state',
      subtasks: [
        ...titles.map((title) => ({ title, key: title, specialist_type: 'implementer' })),
        { title: 'Behind', dependencies: ['Ready'], labels: ['a', 'b'], verify: 'true' },
        { title: 'Behind all', dependencies: ['Ready', 'Held', 'Checked'], verify: 'false' },
      ],
    });
    const [held, finished, waiting, back, , checked] = subtasks as readonly { task_id: string }[];
    const claim = async (task?: { task_id: string }): Promise<string> =>
      (await done('execute_task', { task_id: task?.task_id, parent_task_id: parent })).claim;
    await claim(held);
    await done('complete_task', {
      ...{ claim: await claim(finished), summary: 'It is done', detailed_work: 'at length' },
      artifacts: [{ name: 'a.md', content: '# A' }],
    });
    await done('complete_task', {
      ...{ claim: await claim(waiting), summary: 'Which one?', next_action: 'blocked' },
    });
    await done('complete_task', {
      ...{ claim: await claim(back), summary: 'Not now', next_action: 'release' },
    });
    await done('update_task', { task_id: checked?.task_id, verify: 'true' });
    const { parent_task_id: away } = await done('plan_task', { description: 'Put away' });
    await done('maintenance_coordinator', { action: 'archive', target_task_id: away });
    await done('plan_task', { description: 'One more', request_key: 'x-1' });
    await done('initialize_session', { working_directory: this.root });
    await done('query_tasks', { limit: 2 });
    await done('list_sessions', { limit: 1 });
    await bench.close();
  }
}
