import type { KnownBox } from '../../domain/tasklist/box-names.ts';
import type { ListBlock } from './outline.ts';
import type { RawTask } from './raw-task.ts';

/** A list whose items all begin with a picture, and these read as tasks. */
export interface PictureList {
  readonly list: ListBlock;
  readonly tasks: readonly RawTask[];
}

/** Which lists of pictures are tasks; the others praise, complain or say how tasks went. */
export interface PictureVerdict {
  readonly lists: ReadonlySet<ListBlock>;
  /** Ids of rows, boxes and the like, with their lines: a picture with one of them is no task. */
  readonly elsewhere: ReadonlyMap<string, number>;
}

/**
 * A list of pictures holds tasks if one of its items is open or was a task before. Two of them
 * that name the same task stand or fall together: which of them counts must not change with the
 * marks, so it is the first one, as it is with rows. `others` are the tasks in other shapes.
 */
export function judgePictures(
  lists: readonly PictureList[],
  others: readonly RawTask[],
  known: readonly KnownBox[],
): PictureVerdict {
  const elsewhere = new Map<string, number>();
  for (const { taskId, line } of others) {
    if (isNamed(taskId) && !elsewhere.has(taskId)) elsewhere.set(taskId, line);
  }
  const before = counted(known.map((box) => (box.named === true ? box : { ...box, taskId: null })));
  const taken = counted(others);
  const own = lists.map(({ list, tasks }) => ({
    list,
    tasks: tasks.filter(({ taskId }) => taskId === null || !elsewhere.has(taskId)),
  }));
  const isKnown = (name: string): boolean => (before.get(name) ?? 0) > (taken.get(name) ?? 0);
  const certain = own.filter(({ tasks }) =>
    tasks.some((task) => isOpen(task) || isKnown(nameOf(task))),
  );
  return { lists: withNamesakes(certain, own), elsewhere };
}

export function isOpen({ mark }: RawTask): boolean {
  return mark === 'queued' || mark === 'running';
}

function withNamesakes(
  certain: readonly PictureList[],
  all: readonly PictureList[],
): ReadonlySet<ListBlock> {
  const byName = new Map<string, PictureList[]>();
  for (const pictures of all) {
    for (const name of new Set(pictures.tasks.map(nameOf))) {
      const namesakes = byName.get(name);
      if (namesakes === undefined) byName.set(name, [pictures]);
      else namesakes.push(pictures);
    }
  }
  const lists = new Set<ListBlock>();
  const open = [...certain];
  for (let pictures = open.pop(); pictures !== undefined; pictures = open.pop()) {
    if (lists.has(pictures.list)) continue;
    lists.add(pictures.list);
    for (const name of pictures.tasks.map(nameOf)) {
      for (const namesake of byName.get(name) ?? []) open.push(namesake);
      byName.delete(name);
    }
  }
  return lists;
}

type Nameable = Pick<RawTask, 'taskId' | 'description'>;

/** Numbers may begin again in every section: with them it is the text that tells tasks apart. */
function isNamed(taskId: string | null): taskId is string {
  return taskId !== null && !/^\d+$/.test(taskId);
}

function nameOf({ taskId, description }: Nameable): string {
  return isNamed(taskId) ? `id ${taskId}` : `text ${description}`;
}

function counted(lines: readonly Nameable[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(nameOf(line), (counts.get(nameOf(line)) ?? 0) + 1);
  return counts;
}
