import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { isPawlError } from '../domain/errors.ts';
import { REMOVED_MAX } from '../templates/keep-template.ts';
import { builtInIds, builtInText } from '../templates/library/library.ts';
import { TEMPLATE_LIMITS } from '../templates/template.ts';
import { installTemplates } from './install-templates.ts';
import { instantiateTemplate, previewTemplate } from './instantiate-template.ts';
import {
  checkTemplateText,
  keepTemplate,
  removeTemplate,
  restoreTemplate,
} from './keep-template.ts';
import { listTemplates } from './list-templates.ts';
import { showTemplate } from './show-template.ts';

const scene = {} as { project: ScratchProject; outside: string };

beforeEach(async () => {
  scene.project = await openScratchProject();
  scene.outside = mkdtempSync(join(tmpdir(), 'pawl-outside-'));
});
afterEach(async () => {
  expect(await scene.project.store.audit()).toEqual([]);
  await scene.project.close();
  rmSync(scene.outside, { recursive: true });
});

const textOf = (title: string): string =>
  `// by hand\n{ metadata: { name: '${title}', version: '1', description: 'D' },
  parameters: { what: {} },
  tasks: { plan: { title: 'Plan {{what}}' }, do: { title: 'Do', dependencies: ['plan'] } } }\n`;

const keep = (templateId: string, title = templateId, more: object = {}) =>
  keepTemplate(scene.project, { templateId, text: textOf(title), ...more });

const put = (path: string, text: string): string => {
  const file = join(scene.project.root, path);
  mkdirSync(dirname(file), { recursive: true });
  scene.project.write(text, file);
  return file;
};

const nameOf = async (templateId: string): Promise<string | undefined> =>
  (await showTemplate(scene.project, { templateId })).template?.name;

/** Every file of the project, with what is in it. */
const files = (): object =>
  Object.fromEntries(
    readdirSync(scene.project.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );

async function refused(call: () => Promise<unknown>, code: string): Promise<unknown> {
  const before = [files(), await scene.project.store.breakdowns({})];
  const error: unknown = await call().then(
    () => null,
    (cause: unknown) => cause,
  );
  expect(error).toMatchObject({ code });
  expect([files(), await scene.project.store.breakdowns({})]).toEqual(before);
  return isPawlError(error) ? error.details : null;
}

describe('templates of a project', () => {
  it('are kept as they are written, comments and all', async () => {
    const { file, replaced, category } = await keep('mine');
    expect({ replaced, category }).toEqual({ replaced: null, category: 'user' });
    expect(file).toBe(join(scene.project.stateDir, 'templates/user/mine.json5'));
    expect(readFileSync(file, 'utf8')).toBe(textOf('mine'));
    const shown = await showTemplate(scene.project, { templateId: 'mine' });
    expect(shown).toMatchObject({ origin: 'project', text: textOf('mine'), faults: [] });
    expect(readdirSync(dirname(file))).toEqual(['mine.json5']);
  });

  it('are found before those of the older server, and these before ours', async () => {
    const older = '.task_orchestrator/templates';
    const id = 'bug_investigation';
    expect(await nameOf(id)).toBe('Bug investigation');
    put(`${older}/builtin/${id}.json5`, textOf('a copy'));
    expect(await nameOf(id)).toBe('Bug investigation');
    put(`${older}/shared/${id}.json5`, textOf('older, shared'));
    expect(await nameOf(id)).toBe('older, shared');
    put(`${older}/${id}.json5`, textOf('older, of before'));
    expect(await nameOf(id)).toBe('older, of before');
    put(`${older}/user/${id}.json5`, textOf('older'));
    expect(await nameOf(id)).toBe('older');
    await keep(id, 'shared', { category: 'shared' });
    expect(await nameOf(id)).toBe('shared');
    await keep(id, 'own');
    expect(await nameOf(id)).toBe('own');
    const all = (await listTemplates(scene.project)).filter((one) => one.id === id);
    expect(all.map(({ about, inForce }) => [about?.name, inForce])).toEqual([
      ...[
        ['own', true],
        ['shared', false],
        ['older', false],
        ['older, of before', false],
      ],
      ...[
        ['older, shared', false],
        ['Bug investigation', false],
        ['a copy', false],
      ],
    ]);
    const shown = await showTemplate(scene.project, { templateId: id, category: 'builtin' });
    expect(shown).toMatchObject({ origin: 'pawl', file: null });
  });

  it('are listed with what is amiss, and one that is broken hides no other', async () => {
    put('.task_orchestrator/templates/user/broken.json5', '{');
    put('.task_orchestrator/templates/metadata.json', '{}');
    put('.pawl/templates/user/not an id.json5', textOf('x'));
    put('.pawl/templates/user/latin.json5', '');
    execFileSync('sh', ['-c', "printf '\\351' > latin.json5"], {
      cwd: join(scene.project.stateDir, 'templates/user'),
    });
    const all = await listTemplates(scene.project);
    expect(all.map(({ id }) => id)).toEqual([...builtInIds(), 'broken', 'latin'].toSorted());
    const of = (id: string) => all.find((one) => one.id === id);
    expect(of('broken')).toMatchObject({ about: null, faults: [expect.stringContaining('JSON5')] });
    expect(of('latin')).toMatchObject({ about: null, faults: [expect.stringContaining('UTF-8')] });
    expect(of('research_base')).toMatchObject({ category: 'builtin', about: { tasks: 4 } });
    expect(await listTemplates(scene.project, { category: 'user' })).toHaveLength(2);
    await refused(() => showTemplate(scene.project, { templateId: 'latin' }), 'template_invalid');
  });

  it('are refused with every fault, and change nothing', async () => {
    const text = "{ metadata: { name: 'N' }, tasks: { a: {} } }";
    const details = await refused(
      () => keepTemplate(scene.project, { templateId: 'mine', text }),
      'template_invalid',
    );
    expect(details).toMatchObject({ faultCount: 3 });
    expect((await checkTemplateText(scene.project, { text })).faults).toHaveLength(3);
    expect(await checkTemplateText(scene.project, { text: textOf('x') })).toMatchObject({
      ...{ faults: [], notes: [], template: { name: 'x' } },
    });
    await refused(() => showTemplate(scene.project, { templateId: 'mine' }), 'template_not_found');
  });

  it.each([
    ...['../user/mine', '/etc/passwd', 'a/b', '..', '.', '', 'a.b', 'a\0b', 'ä', 'x'.repeat(101)],
  ])('%j is no id, whatever is asked', async (templateId) => {
    const calls = [
      () => keep(templateId),
      () => showTemplate(scene.project, { templateId }),
      () => removeTemplate(scene.project, { templateId }),
      () => restoreTemplate(scene.project, { templateId }),
      () => previewTemplate(scene.project, { templateId, parameters: {} }),
    ];
    for (const call of calls) await refused(call, 'arguments_invalid');
  });

  it('are not replaced unless that is wished; then what was there is put aside', async () => {
    await keep('mine', 'first');
    await refused(() => keep('mine', 'second'), 'template_exists');
    const { replaced } = await keep('mine', 'second', { overwrite: true });
    expect(readFileSync(replaced as string, 'utf8')).toBe(textOf('first'));
    expect(await nameOf('mine')).toBe('second');
  });

  it('keep every text, however many write the same one at once', async () => {
    const titles = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(titles.map((title) => keep('mine', title, { overwrite: true })));
    const texts = Object.values(files()).filter((text) => text.startsWith('// by hand'));
    expect(texts.toSorted()).toEqual(titles.map(textOf));
  });

  it('are taken away into a folder of what was removed, and come back as they were', async () => {
    await keep('mine', 'first');
    await keep('mine', 'other', { category: 'shared' });
    const gone = await removeTemplate(scene.project, { templateId: 'mine' });
    expect(gone.category).toBe('user');
    expect(readFileSync(gone.removed, 'utf8')).toBe(textOf('first'));
    expect(await nameOf('mine')).toBe('other');
    await removeTemplate(scene.project, { templateId: 'mine', category: 'shared' });
    await refused(
      () => removeTemplate(scene.project, { templateId: 'mine' }),
      'template_not_found',
    );
    const back = await restoreTemplate(scene.project, { templateId: 'mine', category: 'user' });
    expect(readFileSync(back.file, 'utf8')).toBe(textOf('first'));
    expect(await restoreTemplate(scene.project, { templateId: 'mine' })).toMatchObject({
      category: 'shared',
    });
    await refused(
      () => restoreTemplate(scene.project, { templateId: 'mine' }),
      'template_not_found',
    );
  });

  it('come back only where nothing is in their place, the one that went last first', async () => {
    await keep('mine', 'first');
    await keep('mine', 'second', { overwrite: true });
    await refused(() => restoreTemplate(scene.project, { templateId: 'mine' }), 'template_exists');
    await removeTemplate(scene.project, { templateId: 'mine' });
    await restoreTemplate(scene.project, { templateId: 'mine' });
    expect(await nameOf('mine')).toBe('second');
  });

  it('are only taken away where they are the project’s', async () => {
    put('.task_orchestrator/templates/user/old.json5', textOf('old'));
    for (const templateId of ['old', 'research_base']) {
      await refused(() => removeTemplate(scene.project, { templateId }), 'template_readonly');
    }
    await keep('old', 'mine');
    await removeTemplate(scene.project, { templateId: 'old' });
    expect(await nameOf('old')).toBe('old');
  });

  it('are never more than a folder takes, and what was removed goes on to be kept', async () => {
    const { templatesMax } = TEMPLATE_LIMITS;
    for (let at = 1; at < templatesMax; at += 1) put(`.pawl/templates/user/t${at}.json5`, '{}');
    await keep('last');
    await refused(() => keep('more'), 'template_too_many');
    await keep('last', 'again', { overwrite: true });
    await keep('elsewhere', 'x', { category: 'shared' });
    for (let at = 0; at < REMOVED_MAX; at += 1) {
      const stamp = `00000000-0000-7000-8000-${String(at).padStart(12, '0')}`;
      put(`.pawl/templates/removed/${stamp}.user.old.json5`, textOf(`old ${at}`));
    }
    await removeTemplate(scene.project, { templateId: 'last' });
    expect(readdirSync(join(scene.project.stateDir, 'templates/removed'))).toHaveLength(
      REMOVED_MAX,
    );
    await restoreTemplate(scene.project, { templateId: 'last' });
    expect(await nameOf('last')).toBe('again');
  });
});

describe('links', () => {
  it('to a file elsewhere are not read, not deleted through, and not written through', async () => {
    await keep('other');
    const secret = join(scene.outside, 'secret.json5');
    scene.project.write(textOf('secret'), secret);
    const folder = join(scene.project.stateDir, 'templates/user');
    symlinkSync(secret, join(folder, 'mine.json5'));
    mkdirSync(join(scene.project.root, '.task_orchestrator'));
    symlinkSync(scene.outside, join(scene.project.root, '.task_orchestrator/templates'));
    for (const templateId of ['mine', 'secret']) {
      await refused(() => showTemplate(scene.project, { templateId }), 'template_invalid');
    }
    await refused(() => keep('mine'), 'template_exists');
    await keep('mine', 'own', { overwrite: true });
    expect(readFileSync(secret, 'utf8')).toBe(textOf('secret'));
    await removeTemplate(scene.project, { templateId: 'mine' });
    symlinkSync(secret, join(folder, 'mine.json5'));
    await removeTemplate(scene.project, { templateId: 'mine' });
    await refused(() => restoreTemplate(scene.project, { templateId: 'mine' }), 'template_invalid');
    expect(readdirSync(scene.outside)).toEqual(['secret.json5']);
  });

  it.each(['templates', 'templates/user', 'templates/removed'])(
    'in the place of %s lead to nothing being written',
    async (folder) => {
      const link = join(scene.project.stateDir, folder);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(scene.outside, link);
      if (folder === 'templates/removed') await keep('mine');
      const call = () => keep('mine', 'x', { overwrite: true });
      await refused(call, 'path_outside');
      expect(readdirSync(scene.outside)).toEqual([]);
    },
  );

  it('to a device or a pipe are not opened', async () => {
    await keep('other');
    const folder = join(scene.project.stateDir, 'templates/user');
    execFileSync('mkfifo', [join(folder, 'pipe.json5')]);
    await refused(() => showTemplate(scene.project, { templateId: 'pipe' }), 'template_invalid');
    const large = ' '.repeat(TEMPLATE_LIMITS.bytesMax + 1);
    put('.pawl/templates/user/large.json5', large);
    await refused(() => showTemplate(scene.project, { templateId: 'large' }), 'template_invalid');
    expect(await listTemplates(scene.project, { category: 'user' })).toHaveLength(3);
  });
});

describe('the library', () => {
  it('is copied once, skips what is there, and replaces it only when that is wished', async () => {
    const install = (more: object = {}) =>
      installTemplates(scene.project, { group: 'research', category: 'shared', ...more });
    const id = 'market_research_analysis';
    expect(await install()).toEqual({ installed: [id], skipped: [], replaced: [] });
    const { file } = await showTemplate(scene.project, { templateId: id });
    expect(readFileSync(file as string, 'utf8')).toBe(builtInText(id));
    const before = files();
    expect(await install()).toEqual({ installed: [], skipped: [id], replaced: [] });
    expect(files()).toEqual(before);
    scene.project.write(textOf('changed'), file as string);
    const { replaced } = await install({ overwrite: true });
    expect(readFileSync(replaced[0] as string, 'utf8')).toBe(textOf('changed'));
    const all = await installTemplates(scene.project, { group: null, category: 'user' });
    expect(all.installed).toHaveLength(7);
    expect(all.installed).not.toContain('research_base');
  });
});

describe('a template that is used', () => {
  const given = { templateId: 'mine', parameters: { what: 'it' } };

  it('becomes one breakdown, with its order, its roles and what it was told', async () => {
    await keep('mine', 'My {{what}}');
    const planned = await instantiateTemplate(scene.project, { ...given, requestKey: 'k' });
    const { breakdown, subtasks, leftOut } = planned;
    expect(breakdown).toMatchObject({ title: 'My it', description: 'D', total: 2, ready: 1 });
    expect(breakdown.context).toBe('Planned from the template mine 1, with\n- what: it');
    expect(breakdown.source).toBe('template');
    expect(leftOut).toEqual([]);
    expect(subtasks.map(({ title }) => title)).toEqual(['Plan it', 'Do']);
    expect(subtasks[1]?.dependencies).toEqual([subtasks[0]?.taskId]);
    const again = await instantiateTemplate(scene.project, { ...given, requestKey: 'k' });
    expect(again.breakdown.parentTaskId).toBe(breakdown.parentTaskId);
    expect((await scene.project.store.breakdowns({})).breakdowns).toHaveLength(1);
  });

  it('is looked at first without anything being stored', async () => {
    await keep('mine');
    const before = files();
    const { plan } = await previewTemplate(scene.project, { ...given, title: 'Called so' });
    expect(plan).toMatchObject({ title: 'Called so', subtasks: [{ title: 'Plan it' }, {}] });
    expect((await scene.project.store.breakdowns({})).breakdowns).toEqual([]);
    expect(files()).toEqual(before);
  });

  it('is refused with what is amiss in its values, in it, or in what came of it', async () => {
    await keep('mine');
    for (const use of [previewTemplate, instantiateTemplate]) {
      const values = (parameters: object) => () =>
        use(scene.project, { templateId: 'mine', parameters: parameters as never });
      expect(await refused(values({ waht: 1 }), 'arguments_invalid')).toEqual({
        faults: [
          'parameters.what: is needed: string',
          'parameters.waht: there is no parameter waht; did you mean what?',
        ],
      });
      await refused(values({ what: 'x'.repeat(9_000) }), 'plan_invalid');
      await refused(
        () => use(scene.project, { templateId: 'nobody', parameters: {} }),
        'template_not_found',
      );
      put('.pawl/templates/user/bad.json5', '{}');
      await refused(
        () => use(scene.project, { templateId: 'bad', parameters: {} }),
        'template_invalid',
      );
      rmSync(join(scene.project.stateDir, 'templates/user/bad.json5'));
    }
    const { parentTaskId } = (await instantiateTemplate(scene.project, given)).breakdown;
    await refused(
      () => instantiateTemplate(scene.project, { ...given, parentTaskId }),
      'breakdown_exists',
    );
  });

  it.each(builtInIds())('%s makes a breakdown out of what it needs', async (templateId) => {
    const { template } = await showTemplate(scene.project, { templateId });
    const needed = (template?.parameters ?? []).filter(
      (one) => one.required && one.default === undefined,
    );
    const parameters = Object.fromEntries(
      needed.map((one) => [one.name, one.allowed?.[0] ?? 'it']),
    );
    const { breakdown } = await instantiateTemplate(scene.project, { templateId, parameters });
    expect(breakdown.total).toBeGreaterThan(3);
    expect(breakdown.ready).toBeGreaterThan(0);
  });
});
