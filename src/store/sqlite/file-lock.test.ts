import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRealWorld } from '../../world/real-world.ts';
import { withFileLock } from './file-lock.ts';

const world = createRealWorld();
describe('a file lock', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pawl-lock-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('lets one do its work at a time, and hands over when it is done or has failed', async () => {
    const path = join(folder, 'lock');
    const said: string[] = [];
    const first = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const one = withFileLock(world, path, async () => {
      begun.resolve();
      await first.promise;
      said.push('one');
      throw new Error('failed at its work');
    });
    await begun.promise;
    const two = withFileLock(world, path, async () => said.push('two'));
    first.resolve();
    await expect(one).rejects.toThrow('failed at its work');
    await two;
    expect(said).toEqual(['one', 'two']);
  });

  it('goes with a process that is killed while it holds it', async () => {
    const path = join(folder, 'lock');
    const module = fileURLToPath(new URL('./file-lock.ts', import.meta.url));
    const real = fileURLToPath(new URL('../../world/real-world.ts', import.meta.url));
    const script = `
      const { withFileLock } = await import(${JSON.stringify(module)});
      const { createRealWorld } = await import(${JSON.stringify(real)});
      setInterval(() => undefined, 1000);
      await withFileLock(createRealWorld(), ${JSON.stringify(path)}, async () => {
        console.log('held');
        await new Promise(() => undefined);
      });`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    expect(await withFileLock(world, path, async () => 'mine now')).toBe('mine now');
  });
});
