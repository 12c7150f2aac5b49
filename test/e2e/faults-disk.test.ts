import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doubledEffects } from '../chaos/agents-log.ts';
import { ChaosProject, freeTasks } from '../chaos/chaos-project.ts';
import { type PawlProcess, until } from '../chaos/pawl-process.ts';
import { damageOf } from '../chaos/verdict.ts';

/** Only who may mount can make a small disk. */
const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
const mayMount = process.getuid?.() === 0 && probe.status === 0;

const TASKS = 8;

let project: ChaosProject;

beforeEach(({ skip }) => {
  skip(!mayMount, 'a disk that can be filled is a file system of its own: only root may mount it');
  project = new ChaosProject(freeTasks(TASKS));
  project.pace(0.6);
});

afterEach(async () => {
  for (const pawl of project.processes) await pawl.kill();
  spawnSync('umount', ['--lazy', project.stateDir]);
  await project.remove();
});

/** The state folder on a disk of its own, so small that it can be filled. */
function smallDisk(bytes: number): void {
  mkdirSync(project.stateDir);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', project.stateDir]);
}

function remount(mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, project.stateDir]);
}

/** Take every last byte; gives what frees them again. */
function fill(): () => void {
  const path = join(project.stateDir, 'ballast');
  const file = openSync(path, 'w');
  for (let size = 65_536; size >= 1; ) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(file);
  return () => rmSync(path);
}

/** Two tasks are done, two agents are at their gate, and there is no byte left. */
async function fullWhileTwoAgentsWork(): Promise<{ pawl: PawlProcess; free: () => void }> {
  project.closeGate();
  const pawl = project.run({ concurrency: 2 });
  for (const _ of [1, 2]) project.giveTicket();
  await ticked(2);
  const begun = (): number => project.agents().filter((line) => line.kind === 'start').length;
  await until('two more agents', () => begun() === 4);
  return { pawl, free: fill() };
}

function ended(): number {
  return project.agents().filter((line) => line.kind === 'end').length;
}

async function ticked(count: number): Promise<void> {
  const marks = (): number => (readFileSync(project.list, 'utf8').match(/\[x\]/g) ?? []).length;
  await until(`${count} marks`, () => marks() >= count);
}

describe('the disk of the state folder', () => {
  it('is full for a while during a run: the list is finished, nothing is lost', async () => {
    smallDisk(4 * 1024 * 1024);
    const { pawl, free } = await fullWhileTwoAgentsWork();
    expect(statfsSync(project.stateDir).bavail).toBe(0);
    project.openGate();
    await until('agents that end on the full disk', () => ended() >= 4);
    await until(
      'a word about it',
      () => /store_full|full/.test(pawl.said),
      undefined,
      () => pawl.said,
    );
    expect(pawl.over).toBe(false);
    free();
    expect(await pawl.end()).toMatchObject({ code: 0 });
    expect(await damageOf(project)).toEqual([]);
    await project.nothingLeft();
  });

  it('is full, and the run is killed meanwhile: the next one finishes the list', async () => {
    smallDisk(4 * 1024 * 1024);
    const { pawl, free } = await fullWhileTwoAgentsWork();
    project.openGate();
    await until('an agent that ends on the full disk', () => ended() > 2);
    await pawl.kill();
    free();
    expect(await project.run({ concurrency: 2 }).end()).toMatchObject({ code: 0 });
    expect(doubledEffects(project.agents())).toEqual([]);
    expect(await damageOf(project)).toEqual([]);
    await project.nothingLeft();
  });

  it('is full at the start: an error with a code and a remedy, and nothing is begun', async () => {
    smallDisk(64 * 1024);
    const free = fill();
    const { code, err } = await project.run().end();
    expect(code).toBe(1);
    expect(err).toMatch(/store_full/);
    expect(err).toMatch(/Free some disk space/);
    expect(project.agents()).toEqual([]);
    free();
  });

  it('is read-only at the start: an error with code and remedy, nothing is begun', async () => {
    smallDisk(4 * 1024 * 1024);
    remount('ro');
    const fresh = await project.run().end();
    expect(fresh.code).toBe(1);
    expect(fresh.err).toMatch(/store_readonly/);
    expect(fresh.err).toMatch(/writable/);
    remount('rw');
    expect(await project.run().end()).toMatchObject({ code: 0 });
    remount('ro');
    const known = await project.run().end();
    expect(known.code).toBe(1);
    expect(known.err).toMatch(/store_readonly/);
    expect(project.agents()).toHaveLength(2 * TASKS);
  });
});

describe('the folder of a list', () => {
  it('is read-only: tasks are run, marks wait, and it is told apart from .pawl', async () => {
    expect(await project.start(['init']).end()).toMatchObject({ code: 0 });
    const folder = join(project.root, 'lists');
    mkdirSync(folder);
    const list = join(folder, 'plan.md');
    copyFileSync(project.list, list);
    execFileSync('mount', ['--bind', folder, folder]);
    try {
      execFileSync('mount', ['-o', 'remount,bind,ro', folder]);
      const run = ['run', list, '--agent-command', project.agentCommand, '--concurrency', '4'];
      const pawl = await project.start(run).end();
      expect(pawl).toMatchObject({ code: 0 });
      expect(`${pawl.out}${pawl.err}`).toContain('list_unwritable');
      expect(`${pawl.out}${pawl.err}`).not.toContain('store_readonly');
      expect(project.agents().filter(({ kind }) => kind === 'end')).toHaveLength(TASKS);
      const sync = await project.start(['sync', list]).end();
      expect(sync.code).toBe(1);
      expect(sync.err).toMatch(/list_unwritable/);
      expect(sync.err).toContain(list);
      expect(sync.err).toMatch(/Make the list and its folder writable/);
      const add = await project.start(['add', 'more', list]).end();
      expect(add.err).toMatch(/list_unwritable/);
      expect(add.err).toMatch(/edits are to be repeated/);
      execFileSync('mount', ['-o', 'remount,bind,rw', folder]);
      expect(await project.start(['sync', list]).end()).toMatchObject({ code: 0 });
      expect(readFileSync(list, 'utf8').match(/\[x\]/g)).toHaveLength(TASKS);
    } finally {
      execFileSync('umount', ['--lazy', folder]);
    }
  });
});
