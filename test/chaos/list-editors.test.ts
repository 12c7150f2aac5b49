import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testDepth } from '../support/test-depth.ts';
import { programOf, UNSETTLED_PAWL } from './built-chaos.ts';
import { ChaosProject, freeTasks } from './chaos-project.ts';
import type { EditorTask, Save, SaveStyle } from './list-editor.ts';
import type { WriterReport, WriterTask } from './list-writer.ts';
import { until } from './pawl-process.ts';
import { damageOf, query } from './verdict.ts';

const SAVES = testDepth.pick({ reduced: 16, full: 200 });
/** Of saves to a list that `pawl run` executes. */
const RUN_SAVES = testDepth.pick({ reduced: 8, full: 40 });
/** A save that is not seen for so long is lost. */
const PATIENCE_MS = 8_000;
const STYLES: readonly SaveStyle[] = ['in-place', 'in-two-pieces', 'rename', 'rename-away'];
const TASK_IDS = Array.from({ length: 60 }, (_, index) => `T-${index + 1}`);

let root: string;
let project: ChaosProject | undefined;
const children: ChildProcess[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pawl-editors-'));
  mkdirSync(join(root, '.pawl/replaced'), { recursive: true });
  const tasks = TASK_IDS.map((id) => `- [ ] **${id}**: do what ${id} says\n`);
  writeFileSync(join(root, 'tasks.md'), `# Edited\n\n${tasks.join('')}\nNotes\n\n`);
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
  }
  rmSync(root, { recursive: true });
  await project?.remove();
  project = undefined;
});

function start(name: 'list-editor' | 'list-writer', task: unknown): ChildProcess {
  const child = fork(programOf(name), [JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  children.push(child);
  return child;
}

async function edit(task: Omit<EditorTask, 'seed'>): Promise<Save[]> {
  const { seed } = testDepth;
  const editor = start('list-editor', { ...task, seed } satisfies EditorTask);
  const [saves] = (await once(editor, 'message')) as [Save[]];
  return saves;
}

interface Race {
  readonly saves: readonly Save[];
  readonly report: WriterReport;
  /** The list at the end, and everything that is kept. */
  readonly list: string;
  readonly kept: readonly string[];
}

/** An editor saves over a list while it is marked as fast as can be. */
async function race(): Promise<Race> {
  const [path, keepIn] = [join(root, 'tasks.md'), join(root, '.pawl/replaced')];
  const task: WriterTask = { path, keepIn, taskIds: TASK_IDS, from: 0 };
  const writer = start('list-writer', task);
  writer.stdout?.resume();
  const saves = await edit({ path, keepIn, saves: SAVES, styles: STYLES, patienceMs: PATIENCE_MS });
  const reported = once(writer, 'message');
  writer.send('end');
  const [report] = (await reported) as [WriterReport];
  const kept = readdirSync(keepIn).map((name) => readFileSync(join(keepIn, name), 'utf8'));
  return { saves, report, list: readFileSync(path, 'utf8'), kept };
}

const isLost = ({ list, kept }: Pick<Race, 'list' | 'kept'>, { line }: Save): boolean =>
  ![list, ...kept].some((text) => text.includes(`${line}\n`));

/** Whether it renamed the list just between a last look and its renaming: what is left of loss. */
function isInWindow({ windows }: WriterReport, { style, from, to }: Save): boolean {
  if (style === 'in-place' || style === 'in-two-pieces') return false;
  return windows.some(([start, end]) => BigInt(start) <= BigInt(to) && BigInt(end) >= BigInt(from));
}

function summary({ saves, report, kept }: Race, lost: readonly Save[]): string {
  const micros = report.windows
    .map(([start, end]) => Number(BigInt(end) - BigInt(start)) / 1_000)
    .sort((a, b) => a - b);
  const at = (share: number): string =>
    (micros[Math.floor(share * (micros.length - 1))] ?? 0).toFixed(1);
  return (
    `  ${saves.length} saves against ${report.windows.length} replacements: ` +
    `${report.merged} merged later, ${report.putAside} put aside, ` +
    `${kept.length} files kept, ${lost.length} lost in the ` +
    `window of ${at(0.5)} microseconds (p50), ${at(0.99)} (p99), ${at(1)} (longest)`
  );
}

/** The tasks that were ever taken for removed from the list. */
function removed({ database }: ChaosProject): readonly { readonly taskId: string }[] {
  return query(
    database,
    'SELECT q.task_id AS taskId FROM task_events e JOIN task_queue q ON q.id = e.task ' +
      "WHERE e.kind = 'archived'",
  );
}

describe('an editor that saves a list while it is marked', () => {
  it('loses no line in whatever style it saves, and no mark is missing at the end', async () => {
    const result = await race();
    const lost = result.saves.filter((save) => isLost(result, save));
    console.log(summary(result, lost));
    expect(lost.filter((save) => !isInWindow(result.report, save))).toEqual([]);
    // A loaded machine may stop us in the midst of the window.
    expect(lost.length).toBeLessThanOrEqual(Math.ceil(SAVES / 10));
    expect(result.list.match(/^- \[x\] \*\*T-\d+\*\*/gm)).toHaveLength(TASK_IDS.length);
    expect(result.list.match(/^- \[/gm)).toHaveLength(TASK_IDS.length);
    expect(result.report.windows.length).toBeGreaterThan(0);
  });

  it('does not make a task run twice, nor cost one its mark', async () => {
    project = new ChaosProject(freeTasks(RUN_SAVES * 3));
    appendFileSync(project.list, '\nNotes\n\n');
    const keepIn = join(project.stateDir, 'replaced');
    mkdirSync(keepIn, { recursive: true });
    project.closeGate();
    const run = project.run({ args: ['--watch'] });
    await until('a first word', () => run.said !== '');
    for (let tasks = 0; tasks < RUN_SAVES * 2; tasks += 1) project.giveTicket();
    const saves = await edit({
      ...{ path: project.list, keepIn, saves: RUN_SAVES, patienceMs: PATIENCE_MS },
      ...{ styles: STYLES, pausesMs: [100, 250], halfShare: 1 },
    });
    // The marks that old saves took back are written along with those of the tasks that are left.
    project.openGate();
    expect(await run.end()).toMatchObject({ code: 0 });
    const kept = readdirSync(keepIn).map((name) => readFileSync(join(keepIn, name), 'utf8'));
    const list = readFileSync(project.list, 'utf8');
    expect(saves.filter((save) => isLost({ list, kept }, save))).toEqual([]);
    expect(await damageOf(project)).toEqual([]);
    expect(removed(project)).toEqual([]);
  });

  it('has half of it taken for a removal, were the other half not waited for', async () => {
    project = new ChaosProject(freeTasks(6));
    const whole = readFileSync(project.list, 'utf8');
    project.closeGate();
    const run = project.run({ args: ['--watch'], script: UNSETTLED_PAWL });
    await until('the first agents', () => (project?.agents().length ?? 0) >= 4);
    writeFileSync(project.list, whole.slice(0, whole.indexOf('| T-5')));
    await until('the removal', () => removed(project as ChaosProject).length === 2);
    project.openGate();
    expect(await run.end()).toMatchObject({ code: 0 });
    expect(project.agents().map(({ taskId }) => taskId)).not.toContain('T-5');
  });

  it('into the file that was replaced under its hands loses nothing', async () => {
    expect(await savedIntoReplaced()).toBe('kept');
  });

  it('into the file that was replaced under its hands loses it without keeping', async () => {
    expect(await savedIntoReplaced('keeping')).toBe('lost');
  });
});

/** An editor has the list open, which is replaced twice meanwhile; only then it writes a line. */
async function savedIntoReplaced(without?: 'keeping'): Promise<'kept' | 'lost'> {
  const [path, keepIn] = [join(root, 'tasks.md'), join(root, '.pawl/replaced')];
  const guard = without === undefined ? {} : { without };
  const task: WriterTask = { path, keepIn, taskIds: TASK_IDS, from: 0, ...guard };
  const inode = (): bigint => statSync(path, { bigint: true }).ino;
  const replaced = async (): Promise<void> => {
    const before = inode();
    await until('a replacement', () => inode() !== before);
  };
  const line = 'written at last';
  const editor = openSync(path, 'a');
  const writer = start('list-writer', task);
  writer.stdout?.resume();
  await replaced();
  await replaced();
  writeSync(editor, `${line}\n`);
  closeSync(editor);
  const has = (): boolean => readFileSync(path, 'utf8').includes(line);
  if (without === undefined) await until('the line', has);
  const reported = once(writer, 'message');
  writer.send('end');
  await reported;
  const kept = readdirSync(keepIn).map((name) => readFileSync(join(keepIn, name), 'utf8'));
  return has() || kept.some((text) => text.includes(line)) ? 'kept' : 'lost';
}
