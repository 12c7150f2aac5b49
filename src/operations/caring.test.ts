import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScratchProject, type ScratchProject } from '../../test/support/scratch-project.ts';
import { PawlError } from '../domain/errors.ts';
import { backupStore } from './backup-store.ts';
import { type Check, type Diagnose, diagnose } from './diagnose.ts';
import { initProject } from './init-project.ts';
import { mountOf } from './mounts.ts';

describe('caring for a project', () => {
  let project: ScratchProject;
  beforeEach(async () => {
    project = await openScratchProject('- [ ] A-1: one\n- [ ] A-2: two depends: A-1\n');
    writeFileSync(join(project.stateDir, '.gitignore'), '*\n');
  });
  afterEach(() => project.close());

  const checks = async (more: Partial<Diagnose> = {}): Promise<readonly Check[]> => {
    const diagnosis = await diagnose(project, {
      versions: { pawl: '1', node: '24', database: 'D 3' },
      platform: 'linux',
      root: project.root,
      stateDir: project.stateDir,
      store: project.store,
      storeError: null,
      schema: null,
      agents: [{ name: 'claude', path: null }],
      ...more,
    });
    return diagnosis.checks;
  };
  const wrong = async (more: Partial<Diagnose> = {}): Promise<readonly string[]> =>
    (await checks(more))
      .filter((check) => !check.ok)
      .map((check) => `${check.name}: ${check.message}`);

  it('finds nothing wrong with a sound project', async () => {
    await project.load();
    expect(await wrong()).toEqual([]);
  });

  it('gives each fault a remedy', async () => {
    await project.load();
    writeFileSync(join(project.stateDir, '.gitignore'), 'x\n');
    const found = (await checks({ platform: 'aix' })).filter((check) => !check.ok);
    expect(found.map((check) => [check.name, check.severity])).toEqual([
      ['platform', 'fault'],
      ['git', 'warning'],
    ]);
    expect(found.every((check) => check.remedy !== '')).toBe(true);
  });

  it('names a task whose holder is gone', async () => {
    await project.claim(await project.load(), null);
    expect(await wrong()).toEqual([
      expect.stringMatching(/^holders: nobody watches over A-1/),
      `list ${project.listPath}: 1 marks are not in the file yet`,
    ]);
  });

  it('names a list whose file is gone', async () => {
    await project.load();
    const { rmSync } = await import('node:fs');
    rmSync(project.listPath);
    expect(await wrong()).toEqual([`list ${project.listPath}: its file is gone`]);
  });

  it.each([
    ['', 'no task was found'],
    ['- [ ] A-1: one depends: A-2\n- [ ] A-2: two depends: A-1\n', 'tasks wait for each other'],
    ['- [ ] A-1: \0\n', 'the list holds a NUL character'],
  ])('names a list whose file could not be loaded again: %j', async (text, message) => {
    await project.load();
    writeFileSync(project.listPath, text);
    expect(await wrong()).toEqual([
      expect.stringContaining(`list ${project.listPath}: it cannot be loaded: ${message}`),
    ]);
  });

  it('warns of several agents in one working tree, and of an agent that is not there', async () => {
    const { listId } = await project.load();
    const configJson = JSON.stringify({ maxConcurrent: 3, agent: 'claude' });
    await project.store.setExecutor({ listId, configJson });
    expect(await wrong()).toEqual([
      `list ${project.listPath}: 3 agents at once share one working tree`,
      'agent claude: not on the PATH, and a list asks for it',
    ]);
  });

  it('says why a store cannot be opened', async () => {
    const storeError = new PawlError('store_corrupt', 'the file is damaged');
    expect(await wrong({ store: null, storeError })).toEqual(['store: the file is damaged']);
  });

  it('tells a folder that is no project yet what to do', async () => {
    const stateDir = join(project.root, 'elsewhere');
    const found = (await checks({ stateDir, store: null })).find((check) => !check.ok);
    expect(found).toMatchObject({ name: 'state folder', remedy: 'Run `pawl init`.' });
  });

  it('init makes what is missing and changes nothing that is there', async () => {
    const stateDir = join(project.root, 'new');
    const ctx = { ...project, stateDir };
    const made = await initProject(ctx, { configExample: '{}\n' });
    expect(made.made.map((path) => path.slice(stateDir.length + 1))).toEqual([
      '.gitignore',
      'config.example.json',
    ]);
    expect(readFileSync(join(stateDir, '.gitignore'), 'utf8')).toBe('*\n');
    expect((await initProject(ctx, { configExample: 'other' })).made).toEqual([]);
  });

  it('a backup refuses a folder that is not there, and a file that is', async () => {
    mkdirSync(join(project.root, 'full'));
    writeFileSync(join(project.root, 'full', 'b.db'), 'mine');
    const file = join(project.root, 'full', 'b.db');
    await expect(backupStore(project, file)).rejects.toMatchObject({ code: 'usage' });
    expect(statSync(file).size).toBe(4);
    await expect(backupStore(project, '/no/such/folder/b.db')).rejects.toMatchObject({
      code: 'usage',
    });
    const fresh = join(project.root, 'full', 'c.db');
    expect(await backupStore(project, fresh)).toMatchObject({ file: fresh });
    expect(existsSync(fresh)).toBe(true);
  });
});

describe('the file system of a path', () => {
  const table = (text: string) => ({
    facts: () => Promise.resolve({} as never),
    read: () => Promise.resolve(new TextEncoder().encode(text)),
  });
  const TABLE = [
    '1 0 8:1 / / rw - ext4 /dev/sda1 rw',
    '2 1 0:40 / /home/me/share rw - nfs4 server:/x rw',
    '3 1 0:41 / /home/me/with\\040blank rw - fuse.sshfs me@host: rw',
  ].join('\n');

  it.each([
    ['/home/me/p', 'ext4', false],
    ['/home/me/share/p', 'nfs4', true],
    ['/home/me/shared', 'ext4', false],
    ['/home/me/with blank/p', 'fuse.sshfs', true],
  ])('%s is on %s', async (path, type, network) => {
    expect(await mountOf(table(TABLE), path)).toEqual({ type, network });
  });

  it('is unknown where the system does not tell', async () => {
    const files = {
      facts: () => Promise.resolve(null),
      read: () => Promise.reject(new Error('no')),
    };
    expect(await mountOf(files, '/x')).toEqual({ type: 'unknown', network: false });
  });
});
