import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LIBRARY_GROUPS } from '../../../src/templates/library/built-in.ts';
import { builtInIds } from '../../../src/templates/library/library.ts';
import { readTemplate } from '../../../src/templates/read-template.ts';
import type { DoorClient } from './door-bench.ts';
import { RELEASE, RELEASE_TEXT, TASK, ToolScene } from './tool-scene.ts';

/** What the tools of templates say is so, and what they say they did is done. */
describe('what a tool says of templates', () => {
  let scene: ToolScene;
  let agent: DoorClient;

  let empty: string;
  beforeAll(async () => {
    empty = await ToolScene.emptyStore();
  });
  afterAll(() => rmSync(empty, { recursive: true }));

  beforeEach(async () => {
    scene = new ToolScene();
    agent = await scene.open(empty);
  });
  afterEach(async () => await scene.close());

  const text = (name: string, more = ''): string =>
    `{ metadata: { name: '${name}', version: '1', description: 'D' },
      tasks: { a: { title: 'A' } } ${more} }`;

  it('a preview stores nothing, and the plan it becomes is what it showed', async () => {
    const wish = { template_id: RELEASE, parameters: { version: '1.2' } };
    const before = await scene.state();
    const preview = await agent.done('template_instantiate', wish);
    expect(await scene.state()).toBe(before);
    expect(preview.subtasks[1]).toMatchObject({ key: 'check', verify: ['test', '1.2'] });
    expect(preview).toMatchObject({ preview: true, tasks_created: false, title: 'Release 1.2' });
    const planned = await agent.done('template_instantiate', { ...wish, create_tasks: true });
    const shown = ({ key, title }: { key: string; title: string }) => ({ key, title });
    expect(planned.subtasks.map(shown)).toEqual(preview.subtasks.map(shown));
    const { parent_task_id } = planned;
    const { tasks } = await agent.done('query_tasks', { parent_task_id });
    expect(tasks).toMatchObject([
      { title: 'Build 1.2', state: 'ready' },
      { title: 'Check', state: 'blocked' },
      { title: 'Ship 1.2', state: 'blocked' },
    ]);
    const work = await agent.done('claim_next', { parent_task_id });
    expect(work).toMatchObject({ title: 'Build 1.2', task_id: planned.subtasks[0].task_id });
    expect(JSON.stringify(work)).toContain('version: 1.2');
    const { hand_over } = await agent.done('resume_session', {
      session_id: (await agent.done('initialize_session')).session_id,
    });
    expect(hand_over).toContain(parent_task_id);
  });

  it('a condition leaves a task out, and those behind it wait for what it waited for', async () => {
    const planned = await agent.done('template_instantiate', {
      ...{ template_id: RELEASE, parameters: { version: '2', check: false }, create_tasks: true },
      ...{ parent_task_id: 'task_release', title: 'The second', request_key: 'second' },
    });
    expect(planned).toMatchObject({
      ...{ parent_task_id: 'task_release', title: 'The second', total: 2, left_out: ['check'] },
    });
    const [build, ship] = planned.subtasks;
    expect(ship.dependencies).toEqual([build.task_id]);
  });

  it('what is created is listed, loaded as written, told of, and deleted recoverably', async () => {
    const content = text('One', ', milestones: {}');
    const named = { template_id: 'one' };
    const kept = await agent.done('template_create', { ...named, template_content: content });
    expect(kept.notes).toEqual(['not used: milestones']);
    const ids = async (): Promise<readonly string[]> =>
      (await agent.done('template_list', { category: 'user' })).templates.map(
        (one: { template_id: string }) => one.template_id,
      );
    expect(await ids()).toEqual(['one', RELEASE]);
    expect(await agent.done('template_load', named)).toMatchObject({ content, valid: true });
    expect(await agent.done('template_info', named)).toMatchObject({ name: 'One', task_count: 1 });
    const before = scene.files();
    expect(await agent.done('template_uninstall', named)).toMatchObject({ deleted: true });
    expect(await ids()).toEqual([RELEASE]);
    await agent.done('template_delete', { ...named, restore: true });
    expect(scene.files()).toEqual(before);
  });

  it('what is overwritten is put aside, and comes back', async () => {
    const named = { template_id: RELEASE };
    const { replaced } = await agent.done('template_create', {
      ...{ ...named, template_content: text('Another'), overwrite: true },
    });
    expect(scene.files().find(([path]) => replaced.endsWith(path))?.[1]).toBe(RELEASE_TEXT);
    await agent.done('template_delete', named);
    const { content } = await agent.done('template_load', { ...named }).catch(() => ({}));
    expect(content).toBeUndefined();
    await agent.done('template_delete', { ...named, restore: true });
    expect(await agent.done('template_info', named)).toMatchObject({ name: 'Another' });
  });

  it('a text is checked as it would be kept, and what is amiss is told by its place', async () => {
    const content = "{ metadata: { name: 'N', extends: 'nobody' }, tasks: {} }";
    const check = { template_content: content };
    expect(await agent.done('template_validate', check)).toMatchObject({
      ...{ valid: false, faults: ['metadata.extends: there is no template nobody'] },
    });
    const extended = `{ metadata: { extends: '${RELEASE}' }, tasks: { build: { title: 'B' } } }`;
    expect(await agent.done('template_validate', { template_content: extended })).toMatchObject({
      ...{ valid: true, parameters: ['version', 'check'], tasks: ['build', 'check', 'ship'] },
    });
  });

  it('what the older server left is found and used, and never written', async () => {
    const folder = join(scene.bench.root, '.task_orchestrator/templates/user');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'theirs.json5'), text('Theirs'));
    writeFileSync(join(folder, 'torn.json5'), '{ metadata: {');
    const named = { template_id: 'theirs' };
    expect(await agent.done('template_load', named)).toMatchObject({ origin: 'older' });
    expect(await agent.done('template_validate_all')).toMatchObject({
      ...{ valid: false, invalid: [{ template_id: 'torn', origin: 'older' }] },
    });
    expect(await agent.done('template_get_installation_status')).toMatchObject({
      ...{ of_the_older_server: 2, invalid_count: 1, user: 1, shared: 0 },
    });
    const { isError, data } = await agent.call('template_delete', named);
    expect({ isError, code: data.error.code }).toEqual({
      isError: true,
      code: 'template_readonly',
    });
    const planned = await agent.done('template_instantiate', { ...named, create_tasks: true });
    expect(planned.title).toBe('Theirs');
  });

  it('the library is copied where it can be changed, once', async () => {
    const install = () => agent.done('template_install_default_library');
    expect((await install()).installed).toHaveLength(7);
    expect(await install()).toMatchObject({ installed_count: 0 });
    expect((await install()).skipped).toHaveLength(7);
    const status = await agent.done('template_get_installation_status');
    expect(status).toMatchObject({ shared: 7, come_with_pawl: 12 });
    expect(status.copied).toHaveLength(7);
    expect(
      (await agent.done('template_install_examples', { category: 'user' })).installed,
    ).toContain('market_research');
  });

  it('pages of templates follow on each other until every one was shown once', async () => {
    const all: string[] = [];
    for (let cursor: string | undefined, pages = 0; pages < 20; pages += 1) {
      const page = await agent.done('template_list', { limit: 4, cursor });
      all.push(...page.templates.map((one: { template_id: string }) => one.template_id));
      cursor = page.cursor;
      if (cursor === undefined) break;
    }
    expect(all).toHaveLength(13);
    expect(new Set(all).size).toBe(13);
  });

  it('a long one is loaded in pieces that make it up', async () => {
    const content = text('Long', `, more: '${'ä'.repeat(8_000)}'`);
    await agent.done('template_create', { template_id: 'long', template_content: content });
    let read = '';
    for (let offset: number | undefined = 0; offset !== undefined; ) {
      const piece = await agent.done('template_load', { template_id: 'long', offset });
      read += piece.content;
      offset = piece.next_offset;
    }
    expect(read).toBe(content);
  });

  it('after a restart what a session has and holds is still there', async () => {
    const other = await scene.bench.connect('modern', { set: 'all', name: 'other' });
    expect(await other.done('reconnect_test')).toMatchObject({
      next: expect.stringContaining('orchestrator_initialize_session'),
    });
    const { session_id } = await agent.done('initialize_session');
    await agent.done('execute_task', { task_id: TASK });
    await agent.done('restart_server');
    const found = await agent.done('reconnect_test', { include_buffer_status: true });
    expect(found).toMatchObject({ generation: 1, session: { sessionId: session_id } });
    expect(found.hand_over).toContain(TASK);
    expect(await other.done('reconnect_test', { session_id })).toMatchObject({
      session: { sessionId: session_id },
    });
  });
});

describe('the page about templates', () => {
  const page = readFileSync('docs/learn/templates.md', 'utf8');

  it('names every template that comes with Pawl, in its group', () => {
    for (const group of LIBRARY_GROUPS) {
      const [row = ''] = page.match(new RegExp(`^\\| \`?${group}\`? \\|.*$`, 'm')) ?? [];
      expect(row.match(/`\w+`/g)?.filter((one) => one !== `\`${group}\``)).toEqual(
        builtInIds(group).map((id) => `\`${id}\``),
      );
    }
  });

  it('shows a form in which nothing is amiss', async () => {
    const [, example = ''] = page.match(/```js\n(.*?)```/s) ?? [];
    const read = await readTemplate(example, () => Promise.resolve(null));
    expect(read).toMatchObject({ faults: [], notes: [], template: { name: 'Release' } });
  });
});
