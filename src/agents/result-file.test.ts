import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { systemFiles } from '../world/system-files.ts';
import { RESULT_BYTES_MAX, readReportedResult } from './result-file.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-result-')));
const workspace = join(root, 'project');
const path = join(workspace, 'result.json');
mkdirSync(workspace);
writeFileSync(join(workspace, 'report.md'), '');
writeFileSync(join(root, 'secret'), '');
symlinkSync(root, join(workspace, 'out'));
afterAll(() => rmSync(root, { recursive: true }));

async function read(content: unknown) {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readReportedResult(systemFiles, path, workspace);
}

const NOTHING = { summary: null, detailedWork: null, artifacts: [], files: [], wish: null };

describe('the result file', () => {
  it('need not be there', async () => {
    const none = await readReportedResult(systemFiles, join(workspace, 'none.json'), workspace);
    expect(none).toEqual({ ...NOTHING, notes: [] });
  });

  it('gives summary, artifacts and files, with absolute paths', async () => {
    expect(
      await read({
        ...{ summary: 'done', artifacts: [{ name: 'report', path: 'report.md' }], extra: 1 },
        files: [join(workspace, 'report.md'), 'gone/deleted.ts'],
      }),
    ).toEqual({
      summary: 'done',
      detailedWork: null,
      artifacts: [{ name: 'report', path: join(workspace, 'report.md') }],
      files: [join(workspace, 'report.md'), join(workspace, 'gone/deleted.ts')],
      wish: null,
      notes: [],
    });
  });

  it.each(['../secret', '/etc/passwd', 'out/secret', 'out/none', '..', 'a/../../x', '.'])(
    'leaves out the path %s, which is not below the project',
    async (bad) => {
      const result = await read({ files: [bad, 'report.md'] });
      expect(result.files).toEqual([join(workspace, 'report.md')]);
      expect(result.notes).toEqual([`${bad} was left out: it is outside the project`]);
    },
  );

  it.each([
    '',
    'no JSON',
    '[]',
    '{"summary": 1}',
    '{"files": "x"}',
    '{"artifacts": [{"path": "x"}]}',
    'null',
  ])('of the content %s is one note', async (content) => {
    const result = await read(content);
    expect(result).toMatchObject(NOTHING);
    expect(result.notes).toHaveLength(1);
  });

  it('is not read when it is too large, or no file', async () => {
    expect((await read(`"${'x'.repeat(RESULT_BYTES_MAX)}"`)).notes).toEqual([
      expect.stringContaining('larger than'),
    ]);
    const folder = await readReportedResult(systemFiles, workspace, workspace);
    expect(folder.notes).toEqual([expect.stringContaining('not a file')]);
  });

  it('may ask for something else than being judged', async () => {
    expect((await read({ rate_limited: true, retry_after_ms: 5000 })).wish).toEqual({
      ...{ kind: 'rate_limited', retryAfterMs: 5000, note: 'rate limited' },
    });
    expect((await read({ rate_limited: true, retry_after_ms: 1e15 })).wish).toMatchObject({
      retryAfterMs: 86_400_000,
    });
    expect((await read({ rate_limited: false })).wish).toBe(null);
    expect((await read({ blocked: 'which colour?' })).wish).toEqual({
      ...{ kind: 'blocked', reason: 'which colour?' },
    });
    expect((await read({ needs_revision: 'shorter' })).wish).toEqual({
      ...{ kind: 'revise', note: 'shorter' },
    });
  });
});
