import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemFiles } from '../world/system-files.ts';
import { BUILT_IN_ROLES, ROLE_ALIASES } from './built-in-roles.ts';
import { knownRoles } from './known-roles.ts';
import { migrateRoles } from './migrate-roles.ts';
import { ROLE_FILE_BYTES_MAX } from './read-roles.ts';
import { roleContext } from './role-context.ts';

const NAMES = [
  ...['architect', 'coordinator', 'debugger', 'documenter'],
  ...['implementer', 'researcher', 'reviewer', 'tester'],
];

describe('roles', () => {
  let base: string;
  let root: string;
  let places: Parameters<typeof knownRoles>[1];
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'pawl roles '));
    root = join(base, 'project');
    mkdirSync(root);
    places = { root, stateDir: join(root, '.pawl'), userDir: join(base, 'config/pawl/roles') };
  });
  afterEach(() => rmSync(base, { recursive: true }));

  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(join(base, name), text);
  };
  const known = () => knownRoles(systemFiles, places);
  const role = async (name: string) => (await known()).roles.find((one) => one.name === name);

  it('are eight, complete, without any file; and reading makes none', async () => {
    const { roles, findings } = await known();
    expect(findings).toEqual([]);
    expect(roles.map(({ name }) => name)).toEqual(NAMES);
    for (const one of roles) {
      expect(one.definition).toMatch(/^You are an? .{80,}/);
      expect(one.expertise.length).toBeGreaterThanOrEqual(4);
      expect(one.approach.length).toBeGreaterThanOrEqual(6);
      expect(one.outputFormat.length).toBeGreaterThan(80);
      expect(new Set(Object.values(one.origins))).toEqual(new Set(['built-in']));
    }
    expect(readdirSync(base, { recursive: true })).toEqual(['project']);
  });

  it('are merged field by field: project before user before built in', async () => {
    write('config/pawl/roles/mine.yaml', 'tester: {approach: [user], output_format: user}\n');
    write('project/.pawl/roles/t.yml', 'Tester:\n  approach: [project]\n');
    write('project/team_roles.yaml', 'tester: {approach: [weaker], expertise: [team]}\n');
    const tester = await role('tester');
    const builtIn = BUILT_IN_ROLES.find(({ name }) => name === 'tester');
    expect(tester).toMatchObject({
      definition: builtIn?.definition,
      expertise: ['team'],
      approach: ['project'],
      outputFormat: 'user',
      origins: {
        definition: 'built-in',
        expertise: join(root, 'team_roles.yaml'),
        approach: join(root, '.pawl/roles/t.yml'),
        outputFormat: join(base, 'config/pawl/roles/mine.yaml'),
      },
    });
  });

  it('of the older server are read; what it wrote by itself comes last', async () => {
    const older = 'project/.task_orchestrator/roles';
    write(
      `${older}/default_roles.yaml`,
      'architect: {approach: [old]}\nold_one: {approach: [x]}\n',
    );
    write(`${older}/project_roles.yaml`, 'data_ingestion_specialist: {approach: [y]}\n');
    expect((await role('architect'))?.approach).not.toContain('old');
    expect((await role('old_one'))?.approach).toEqual(['x']);
    expect((await role('data_ingestion_specialist'))?.approach).toEqual(['y']);
  });

  it('stay usable whatever one of their files is', async () => {
    write('project/.pawl/roles/good.yaml', 'good: {approach: [x]}\n');
    write('project/.pawl/roles/bad.yaml', 'bad: [\n');
    write('project/.pawl/roles/large.yaml', `# ${'x'.repeat(ROLE_FILE_BYTES_MAX)}`);
    write('project/.pawl/roles/latin.yaml', '');
    writeFileSync(join(root, '.pawl/roles/latin.yaml'), Buffer.from([0x61, 0xff, 0x3a]));
    write('secret.yaml', 'stolen: {approach: [x]}\n');
    symlinkSync(join(base, 'secret.yaml'), join(root, '.pawl/roles/link.yaml'));
    symlinkSync('nowhere', join(root, '.pawl/roles/dangling.yaml'));
    mkdirSync(join(root, '.pawl/roles/folder.yaml'));
    execFileSync('mkfifo', [join(root, '.pawl/roles/pipe.yaml')]);
    write('project/.pawl/roles/.hidden.yaml', 'hidden: {approach: [x]}\n');
    write('project/.pawl/roles/readme.md', 'no yaml');
    const { roles, findings } = await known();
    expect(roles.map(({ name }) => name)).toEqual([...NAMES, 'good'].toSorted());
    const files = findings.toReversed().map(({ file, code }) => [file?.split('/').at(-1), code]);
    expect(Object.fromEntries(files)).toEqual({
      'bad.yaml': 'role_file_invalid',
      'dangling.yaml': 'role_file_unreadable',
      'folder.yaml': 'role_file_unreadable',
      'large.yaml': 'role_file_too_large',
      'latin.yaml': 'role_file_unreadable',
      'link.yaml': 'role_file_unreadable',
      'pipe.yaml': 'role_file_unreadable',
    });
  });

  it('are found under names of other orchestrators, unless those are defined', async () => {
    const text = async (name: string) => roleContext(await known(), name);
    for (const [alias, name] of Object.entries(ROLE_ALIASES)) {
      expect(await text(alias)).toMatchObject({ role: name, findings: [] });
    }
    expect((await text('  Implementer ')).role).toBe('implementer');
    write('project/.pawl/roles/c.yaml', 'coder: {role_definition: You type.}\n');
    expect(await text('coder')).toMatchObject({ role: 'coder', findings: [] });
  });

  it('that nobody defines are a general text with a finding', async () => {
    const context = roleContext(await known(), 'Security Expert');
    expect(context.role).toBe(null);
    expect(context.text).toMatch(
      /^## Your role: security expert\n\nYou are a specialist.*security/,
    );
    expect(context.findings).toMatchObject([{ code: 'role_unknown', severity: 'info' }]);
    expect(roleContext(await known(), 'generic').findings).toEqual([]);
    for (const odd of ['', '```\n# x', '__proto__', 'constructor', 'x'.repeat(500)]) {
      const { text } = roleContext(await known(), odd);
      expect(text).toMatch(/^## Your role: /);
      expect(text).not.toContain('```');
    }
  });

  it('are shown to an agent with all their parts', async () => {
    write('project/.pawl/roles/r.yaml', 'r: {role_definition: D, expertise: [E], approach: [A]}\n');
    const { text } = roleContext(await known(), 'r');
    expect(text).toBe(
      '## Your role: r\n\nD\n\n### What you know\n\n- E\n\n### How you work\n\n- A',
    );
  });

  it('of a configuration are taken over once, and nothing is replaced', async () => {
    write('old/project_roles.yaml', 'a: {approach: [x]}\n');
    write('old/other.yml', 'b: {approach: [x]}\n');
    write('old/notes.txt', 'no');
    mkdirSync(join(base, 'old/dir.yaml'));
    write('project/.pawl/roles/other.yml', 'mine: {approach: [x]}\n');
    const migrate = () =>
      migrateRoles(systemFiles, { from: join(base, 'old'), to: join(root, '.pawl/roles') });
    const first = { copied: ['project_roles.yaml'], kept: ['other.yml'], leftOut: ['dir.yaml'] };
    expect(await migrate()).toEqual(first);
    expect(await migrate()).toEqual({
      ...{ copied: [], kept: ['other.yml', 'project_roles.yaml'], leftOut: ['dir.yaml'] },
    });
    expect((await known()).roles.map(({ name }) => name)).toEqual(
      [...NAMES, 'a', 'mine'].toSorted(),
    );
    await expect(
      migrateRoles(systemFiles, { from: join(base, 'none'), to: root }),
    ).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['be read', 'names'],
    ['even be looked at', 'facts'],
  ] as const)('in a folder that cannot %s are a finding', async (_what, question) => {
    const folder = join(root, '.pawl/roles');
    mkdirSync(folder, { recursive: true });
    const answer = async (path: string) => {
      if (path !== folder) return await systemFiles[question](path);
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    };
    const files = { ...systemFiles, [question]: answer };
    const { roles, findings } = await knownRoles(files, places);
    expect(roles.map(({ name }) => name)).toEqual(NAMES);
    expect(findings).toMatchObject([{ code: 'role_file_unreadable', file: folder }]);
  });
});
