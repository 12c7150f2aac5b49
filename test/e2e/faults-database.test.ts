import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChaosProject, freeTasks } from '../chaos/chaos-project.ts';
import { type Ended, until } from '../chaos/pawl-process.ts';
import { damageOf, markDamage, query } from '../chaos/verdict.ts';

const TASKS = 8;

let project: ChaosProject;

beforeEach(() => {
  project = new ChaosProject(freeTasks(TASKS));
  project.pace(0.6);
});

afterEach(async () => {
  await project.remove();
});

/** Tasks that the file says are completed. */
function ticked(): readonly string[] {
  const text = readFileSync(project.list, 'utf8');
  return [...text.matchAll(/^\| (T-\d+) \|.*\[x\] \|$/gm)].map(([, id]) => id as string);
}

async function someTicked(count: number): Promise<void> {
  await until(
    `${count} marks`,
    () => ticked().length >= count,
    undefined,
    () => readFileSync(project.list, 'utf8'),
  );
}

/** Kill a run in the middle of the list, and wait for its agents: nobody has heard of their end. */
async function halfARun(): Promise<void> {
  const pawl = project.run({ concurrency: 2 });
  await someTicked(3);
  await pawl.kill();
  await project.nothingLeft();
}

/** What was ticked before a fault, and what the agents had noted by then. */
function soFar(): { readonly ticked: readonly string[]; readonly lines: number } {
  return { ticked: ticked(), lines: project.agents().length };
}

/** The list is complete, and what was ticked before did not run again. */
function expectFinished(end: Ended, then: ReturnType<typeof soFar>): void {
  expect(end, end.err).toMatchObject({ code: 0 });
  expect(ticked()).toHaveLength(TASKS);
  const again = project.agents().slice(then.lines);
  const startedAgain = again.filter((line) => line.kind === 'start').map((line) => line.taskId);
  expect(then.ticked.filter((id) => startedAgain.includes(id))).toEqual([]);
  expect(query(project.database, 'PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(markDamage(project)).toEqual([]);
}

function expectWarnedOnce({ err }: Ended): void {
  expect(err.match(/pawl: warning/g) ?? [], err).toHaveLength(1);
}

/** Everything into the file itself, so that the write-ahead log cannot heal it. */
function emptyLog(): void {
  const database = new DatabaseSync(project.database, { timeout: 10_000 });
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

function spoilHeader(): void {
  const file = openSync(project.database, 'r+');
  writeSync(file, Buffer.alloc(100, 0x5a), 0, 100, 0);
  closeSync(file);
}

function dropQueue(): void {
  const database = new DatabaseSync(project.database, { timeout: 10_000 });
  database.exec('PRAGMA foreign_keys = OFF; DROP TABLE task_queue');
  database.close();
}

function setAside(name: string): Buffer {
  const [folder = ''] = readdirSync(project.stateDir).filter((one) => one.startsWith('set-aside-'));
  return readFileSync(join(project.stateDir, folder, name));
}

describe('between two runs', () => {
  it('a database with a spoilt header is set aside untouched, the list is finished', async () => {
    await halfARun();
    emptyLog();
    spoilHeader();
    const then = soFar();
    const spoilt = readFileSync(project.database);
    const end = await project.run().end();
    expectFinished(end, then);
    expectWarnedOnce(end);
    expect(setAside('pawl.db').equals(spoilt)).toBe(true);
  });

  it('a database that lost task_queue is set aside, and the list is finished', async () => {
    await halfARun();
    dropQueue();
    const then = soFar();
    const end = await project.run().end();
    expectFinished(end, then);
    expectWarnedOnce(end);
    expect(setAside('pawl.db').length).toBeGreaterThan(0);
  });

  it('a deleted database is rebuilt from its backup and the marks', async () => {
    await halfARun();
    for (const suffix of ['', '-wal', '-shm']) rmSync(project.database + suffix, { force: true });
    const then = soFar();
    const end = await project.run().end();
    expectFinished(end, then);
    expectWarnedOnce(end);
  });

  it('a deleted state folder is made anew, and the marks say what is done', async () => {
    await halfARun();
    rmSync(project.stateDir, { recursive: true });
    const then = soFar();
    expectFinished(await project.run().end(), then);
  });

  it('a spoilt database with spoilt backups is rebuilt from the marks alone', async () => {
    await halfARun();
    emptyLog();
    spoilHeader();
    const backups = join(project.stateDir, 'backups');
    for (const name of readdirSync(backups)) {
      const file = openSync(join(backups, name), 'r+');
      writeSync(file, Buffer.alloc(8192, 0x5a), 0, 8192, 0);
      closeSync(file);
    }
    const then = soFar();
    const end = await project.run().end();
    expectFinished(end, then);
    expectWarnedOnce(end);
  });
});

describe('during a run', () => {
  it('a spoilt header does not keep the list from being finished', async () => {
    const pawl = project.run({ concurrency: 2 });
    await someTicked(3);
    const then = soFar();
    spoilHeader();
    const first = await pawl.end();
    const last = first.code === 0 ? first : await project.run().end();
    expectFinished(last, then);
    expectFinished(await project.run().end(), soFar());
  });

  it('a dropped task_queue does not keep the same run from finishing the list', async () => {
    // The others wait, so that the list is not finished before.
    project.closeGate();
    for (let ticket = 0; ticket < 3; ticket += 1) project.giveTicket();
    const pawl = project.run({ concurrency: 2 });
    await someTicked(3);
    const then = soFar();
    dropQueue();
    project.openGate();
    const end = await pawl.end();
    expectFinished(end, then);
    expectWarnedOnce(end);
  });

  it('a deleted database is saved from memory, and the same run finishes the list', async () => {
    const pawl = project.run({ concurrency: 2 });
    await someTicked(3);
    const then = soFar();
    for (const suffix of ['', '-wal', '-shm']) rmSync(project.database + suffix, { force: true });
    const end = await pawl.end();
    expectFinished(end, then);
    expectWarnedOnce(end);
    // What was running was adopted from what was saved: nothing at all ran twice.
    expect(project.agents().filter((line) => line.kind === 'start')).toHaveLength(TASKS);
  });

  it('a deleted database is saved once, also when two processes had it open', async () => {
    const pawl = project.run({ concurrency: 2 });
    await someTicked(1);
    const watching = project.run();
    await until('the second process', () => /executes this list/.test(watching.said));
    for (const suffix of ['', '-wal', '-shm']) rmSync(project.database + suffix, { force: true });
    const [end, other] = await Promise.all([pawl.end(), watching.end()]);
    expect(other, other.err).toMatchObject({ code: 0 });
    expectFinished(end, { ticked: [], lines: project.agents().length });
    expect(project.agents().filter((line) => line.kind === 'start')).toHaveLength(TASKS);
    expect(await damageOf(project)).toEqual([]);
  });

  it('a deleted list file stops nothing; restored, it gets its marks', async () => {
    const pawl = project.run({ concurrency: 2 });
    await someTicked(3);
    const text = readFileSync(project.list, 'utf8');
    rmSync(project.list);
    const end = await pawl.end();
    expect(end, end.err).toMatchObject({ code: 0 });
    const rows = query<{ n: number }>(
      project.database,
      "SELECT count(*) AS n FROM task_queue WHERE status = 'completed'",
    );
    expect(rows).toEqual([{ n: TASKS }]);
    const file = openSync(project.list, 'w');
    writeSync(file, text);
    closeSync(file);
    expectFinished(await project.run().end(), { ticked: [], lines: project.agents().length });
    expect(project.agents().filter((line) => line.kind === 'start')).toHaveLength(TASKS);
  });

  it('a state folder that is deleted as a whole is made anew, with a warning', async () => {
    const pawl = project.run({ concurrency: 2 });
    await someTicked(3);
    const then = soFar();
    rmSync(project.stateDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 5 });
    const end = await pawl.end();
    expectFinished(end, then);
    expectWarnedOnce(end);
    await project.nothingLeft();
  });
});
