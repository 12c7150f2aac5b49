import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const START = fileURLToPath(new URL('../../examples/first-run/start.ts', import.meta.url));

describe('the example', () => {
  it('runs a list with a retry, a failure and a verify step, and says where to look', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [START]);
    expect(stdout).toContain('7/9 completed, 1 failed, 1 skipped');
    expect(stdout).toMatch(/task:retry SITE-002/);
    expect(stdout).toContain('failed on purpose');
    const folder = /in (\S+pawl-first-run-\w+),/.exec(stdout)?.[1] ?? '';
    expect(existsSync(join(folder, 'site.tar'))).toBe(true);
    const list = readFileSync(join(folder, 'tasks.md'), 'utf8');
    expect(list.match(/\[x\]/g)).toHaveLength(7);
    expect(list).toContain('- [!] SITE-007');
    rmSync(folder, { recursive: true });
  });
});
