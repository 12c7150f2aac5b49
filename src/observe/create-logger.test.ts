import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PawlError } from '../domain/errors.ts';
import { createRealWorld } from '../world/real-world.ts';
import { createLogger } from './create-logger.ts';

const world = createRealWorld();

describe('the log', () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'pawl-log-')), 'log');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  const linesOf = (name: string): readonly Record<string, unknown>[] =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  const allLines = () => readdirSync(folder).flatMap(linesOf);

  it('has a line on disk as soon as the call returns', () => {
    createLogger({ world, folder }).info('list.loaded', { list: '/l.md', added: 3 });
    expect(linesOf('pawl.log')).toEqual([
      expect.objectContaining({ level: 'info', event: 'list.loaded', list: '/l.md', added: 3 }),
    ]);
  });

  it('tells an error once, with code, operation, task, attempt, statement and causes', () => {
    const log = createLogger({ world, folder });
    const disk = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const store = new PawlError('store_full', 'the database answered: full', {
      details: { statement: 'UPDATE task_queue', taskId: 'A-1', attempt: 2 },
      cause: disk,
    });
    log.error('operation.failed', { operation: 'finish-attempt' }, store);
    log.error(
      'operation.failed',
      { operation: 'outer' },
      new PawlError('bug', 'x', { cause: store }),
    );
    expect(linesOf('pawl.log')).toEqual([
      expect.objectContaining({
        level: 'error',
        code: 'store_full',
        operation: 'finish-attempt',
        task: 'A-1',
        attempt: 2,
        statement: 'UPDATE task_queue',
        causes: ['ENOSPC: no space left'],
      }),
    ]);
  });

  it('holds no secret, neither in fields nor in messages', () => {
    const log = createLogger({ world, folder });
    const error = new PawlError('agent_spawn', 'failed with API_KEY=topsecret');
    log.error('operation.failed', { password: 'hunter2' }, error);
    const text = readFileSync(join(folder, 'pawl.log'), 'utf8');
    expect(text).not.toMatch(/topsecret|hunter2/);
  });

  it('keeps at most so many files of at most so many bytes', async () => {
    const log = createLogger({ world, folder, fileBytesMax: 2_000, filesMax: 3 });
    for (let round = 0; round < 30; round += 1) {
      for (let line = 0; line < 10; line += 1) log.info('list.loaded', { text: 'x'.repeat(100) });
      await log.close();
    }
    expect(readdirSync(folder).length).toBeLessThanOrEqual(3);
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    expect(Math.max(...sizes)).toBeLessThan(6_000);
  });

  it('loses and cuts no line when several processes write and rotate at once', async () => {
    const code = `
      const { createLogger } = await import(${moduleText('create-logger.ts')});
      const { createRealWorld } = await import(${moduleText('../world/real-world.ts')});
      const [, folder] = process.argv;
      const sizes = { fileBytesMax: 20000, filesMax: 1000 };
      const log = createLogger({ world: createRealWorld(), folder, ...sizes });
      for (let n = 0; n < 500; n += 1) {
        log.info('list.loaded', { n });
        if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      await log.close();
    `;
    const run = promisify(execFile);
    const argv = ['--input-type=module', '-e', code, folder];
    await Promise.all([1, 2, 3].map(() => run(process.execPath, argv)));
    const lines = allLines();
    expect(lines).toHaveLength(1_500);
    expect(new Set(lines.map((line) => `${line['pid']}:${line['n']}`)).size).toBe(1_500);
    expect(readdirSync(folder).length).toBeGreaterThan(2);
  });

  it('does not end the work when it cannot be written, and says later how much it lost', () => {
    const parent = join(folder, '..');
    // A file where the folder should be: nobody, not even root, can write below it.
    writeFileSync(folder, '');
    const log = createLogger({ world, folder });
    log.error('executor.failed', {}, new PawlError('bug', 'first'));
    rmSync(folder);
    log.info('list.loaded');
    expect(readdirSync(parent)).toEqual(['log']);
    expect(linesOf('pawl.log')).toEqual([
      expect.objectContaining({ event: 'log.lines_lost', lost: 1 }),
      expect.objectContaining({ event: 'list.loaded' }),
    ]);
  });
});

function moduleText(path: string): string {
  return JSON.stringify(join(import.meta.dirname, path));
}
