import { existsSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { storeArtifact } from '../../src/operations/store-artifact.ts';
import { CliProject } from './cli-project.ts';

describe('artifacts and roles on the command line', () => {
  let project: CliProject;
  beforeEach(async () => {
    project = new CliProject('- [ ] A-1: one\n- [ ] A-2: two\n');
    await project.pawl('load', 'tasks.md');
    const workspace = await openWorkspace({
      ...{ dir: project.root, create: false, warn: () => undefined },
    });
    try {
      for (const [taskId, text] of [
        ['A-1', 'report ä'],
        ['A-1', 'second'],
        ['A-2', 'third'],
      ] as const) {
        const [task] = await workspace.store.findTasks(taskId, null);
        await storeArtifact(workspace, {
          ...{ task: task?.id ?? '', fence: null, name: `${text}.md`, kind: 'general' },
          ...{ mediaType: 'text/markdown', summary: null, content: { kind: 'text', text } },
        });
      }
    } finally {
      await workspace.close();
    }
  });
  afterEach(() => project.remove());

  it('lists them, of a task or all, and goes on where it ended', async () => {
    const names = async (...args: readonly string[]) => {
      const { data } = await project.json('artifacts', ...args);
      return (data.artifacts as { name: string }[]).map(({ name }) => name);
    };
    expect(await names()).toEqual(['report ä.md', 'second.md', 'third.md']);
    expect(await names('A-2')).toEqual(['third.md']);
    const { data } = await project.json('artifacts', '--limit', '2');
    expect(await names('--cursor', data.nextCursor)).toEqual(['third.md']);
    expect((await project.pawl('artifacts')).out).toMatch(/A-1\s+9 B\s+report ä\.md\n/);
  });

  it('prints one as it is, in ranges, verified, or into a new file', async () => {
    const { data } = await project.json('artifacts', 'A-1');
    const id = data.artifacts[0].artifactId as string;
    expect((await project.pawl('artifact', id.slice(-12))).out).toBe('report ä');
    expect((await project.pawl('artifact', id, '--offset', '7', '--length', '2')).out).toBe('ä');
    expect((await project.json('artifact', id, '--verify')).data).toMatchObject({
      ...{ text: 'report ä', offset: 0, nextOffset: null, artifact: { artifactId: id } },
    });
    expect((await project.pawl('artifact', id, '--info')).out).toContain(`id       ${id}`);
    expect((await project.pawl('artifact', id, '-o', 'out.md')).code).toBe(0);
    expect(project.read('out.md')).toBe('report ä');
    const again = await project.json('artifact', id, '-o', 'out.md');
    expect(again.err).toContain('"output_unwritable"');
    const none = await project.json('artifact', 'ffffffffffff');
    expect(none.err).toContain('"artifact_not_found"');
  });

  it('shows roles, the project’s own too, and writes nothing', async () => {
    project.write('team_roles.yaml', 'tester: {output_format: ours}\nbad: 7\n');
    const { data, code } = await project.json('roles');
    expect(code).toBe(0);
    expect(data.roles).toHaveLength(8);
    expect(data.findings).toMatchObject([{ code: 'role_field_invalid', line: 2 }]);
    const { out } = await project.pawl('roles', 'qa');
    expect(out).toContain('## Your role: tester');
    expect(out).toContain('### What you hand over\n\nours');
    expect((await project.json('roles', 'nobody')).err).toContain('"role_not_found"');
    expect(existsSync(project.path('.pawl/roles'))).toBe(false);
  });

  it('is told by the doctor what of them is gone', async () => {
    const { data } = await project.json('artifacts', 'A-2');
    const hash = data.artifacts[0].sha256 as string;
    const artifacts = async () =>
      ((await project.json('doctor')).data.checks as { name: string }[]).find(
        ({ name }) => name === 'artifacts',
      );
    expect(await artifacts()).toMatchObject({ ok: true, message: '3 contents, all there' });
    rmSync(project.path(`.pawl/artifacts/${hash.slice(0, 2)}/${hash}`));
    expect(await artifacts()).toMatchObject({ ok: false, severity: 'fault' });
  });
});
