import { expect } from 'vitest';
import type { TaskStatus } from '../../../src/domain/status.ts';
import { markOf } from '../../../src/domain/tasklist/mark.ts';
import type { ListDocument, ListMark } from '../../../src/domain/tasklist/model.ts';
import { parseList } from '../../../src/listfile/grammar/parse-list.ts';
import type { LoadedList, LoadList, TaskLine } from '../../../src/store/store.ts';
import { HOST, PATH, type StoreBench } from '../../contract/store/store-bench.ts';

/** A line of the file, in the hands of a person. */
export interface DeskLine {
  /** Where it stands: lines are in the order of their ranks. */
  rank: number;
  id: string | null;
  text: string;
  mark: ' ' | 'x' | '-' | '~' | '!';
  section: string;
  priority: string | null;
  after: readonly string[];
  policy: 'skip' | 'fail' | 'run' | null;
}

export const deskLine = (rank: number, text: string, id: string | null = null): DeskLine => ({
  ...{ rank, id, text, mark: ' ', section: 'Work', priority: null, after: [], policy: null },
});

/** A list's file as text, and the store it is loaded into, without a file system. */
export class ListDesk {
  readonly bench: StoreBench;
  lines: DeskLine[] = [];

  constructor(bench: StoreBench) {
    this.bench = bench;
  }

  get text(): string {
    let section: string | null = null;
    const written = ['# List', ''];
    for (const line of this.#ordered) {
      if (line.section !== section) written.push('', `## ${line.section}`, '');
      section = line.section;
      written.push(lineText(line));
    }
    return `${written.join('\n')}\n`;
  }

  get #ordered(): DeskLine[] {
    return this.lines.toSorted((a, b) => a.rank - b.rank);
  }

  async input(): Promise<LoadList> {
    const { bench, text } = this;
    const list = await bench.store.listByPath(PATH);
    const knownBoxes = list === null ? [] : await bench.store.knownBoxes(list.listId);
    const { document } = parseList(new TextEncoder().encode(text), { knownBoxes });
    return {
      ...{ path: PATH, realPath: PATH, host: HOST, document, seenHash: text, seenText: text },
      ...{ ignoreMissing: false, joinHost: false, writeBack: true, knownBoxes },
    };
  }

  async load(): Promise<LoadedList> {
    const loaded = await this.bench.store.loadList(await this.input());
    this.bench.listId = loaded.list.listId;
    if (loaded.list.executor.status === 'stopped') await this.bench.set({ status: 'running' });
    return loaded;
  }

  async document(): Promise<ListDocument> {
    return (await this.input()).document;
  }

  /** Write the marks that the file is owed into it, as Pawl does. */
  async writeMarks(): Promise<void> {
    const { store, listId } = this.bench;
    const owed = await store.marksOwed(listId);
    const { tasks } = await this.document();
    const lines = this.#ordered;
    const marks: { taskId: string; mark: ListMark }[] = [];
    for (const { taskId, status, knownMarks = [] } of owed.tasks) {
      const at = tasks.findIndex((task) => task.taskId === taskId);
      const line = lines[at];
      const shown = tasks[at]?.mark;
      if (line === undefined || shown === undefined) continue;
      if (shown !== markOf(status) && !knownMarks.includes(shown)) continue;
      line.mark = MARKS[status];
      marks.push({ taskId, mark: markOf(status) });
    }
    const seen = { seenHash: null, seenText: null };
    await store.marksWritten({ listId, upToSeq: owed.upToSeq, ...seen, marks });
  }

  async stored(): Promise<readonly TaskLine[]> {
    return await this.bench.store.tasks({ listId: this.bench.listId, archived: true });
  }

  /** What must hold after every load. */
  async expectInStep(): Promise<void> {
    const { bench } = this;
    expect(await bench.store.audit()).toEqual([]);
    const { tasks } = await this.document();
    const live = await bench.store.tasks({ listId: bench.listId });
    expect(live.map((task) => [task.taskId, task.position])).toEqual(
      tasks.map((task) => [task.taskId, task.position]),
    );
    for (const [index, task] of tasks.entries()) {
      const detail = await bench.store.task(live[index]?.id ?? '');
      const { description, priority, section, dependencies, line } = task;
      expect(detail).toMatchObject({ description, priority, section, dependencies, line });
    }
    const events = await bench.store.events({});
    const again = await this.load();
    expect(again).toMatchObject({ added: 0, updated: 0, moved: 0, archived: 0 });
    expect(await bench.store.events({})).toEqual(events);
  }
}

const MARKS: Readonly<Record<TaskStatus, DeskLine['mark']>> = {
  ...{ queued: ' ', running: '~', waiting: '~', completed: 'x', failed: '!' },
  ...{ skipped: '-', cancelled: '-' },
};

function lineText({ id, text, mark, priority, after, policy }: DeskLine): string {
  return [
    `- [${mark}] ${id === null ? '' : `${id}: `}${text}`,
    ...(priority === null ? [] : [`(${priority})`]),
    ...(after.length === 0 ? [] : [`depends: ${after.join(', ')}`]),
    ...(policy === null ? [] : [`on-dep-failure: ${policy}`]),
  ].join(' ');
}
