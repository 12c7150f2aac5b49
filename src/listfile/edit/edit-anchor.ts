import { PawlError } from '../../domain/errors.ts';
import { ExistingIds } from '../../domain/tasklist/dependency-text.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { nearestIds } from '../../domain/tasklist/nearest-ids.ts';
import type { ListLayout, TaskSite } from './list-layout.ts';
import { editRefused } from './prove-edit.ts';

/** Where a line is to go; nothing named means the end of the last section with tasks. */
export interface WishedPlace {
  readonly section?: string;
  readonly before?: string;
  readonly after?: string;
}

/** A task beside which a line is to go. */
export interface Anchor {
  readonly task: ListTask;
  readonly site: TaskSite;
  readonly side: 'before' | 'after';
}

/**
 * The task beside which a new or moved line goes.
 *
 * @throws PawlError `task_not_found`, `usage` (no such section), `list_edit_refused`.
 */
export function anchorFor(
  layout: ListLayout,
  tasks: readonly ListTask[],
  place: WishedPlace,
): Anchor {
  const { section, before, after } = place;
  const beside = before ?? after;
  if (before !== undefined && after !== undefined) {
    throw new PawlError('usage', 'say --before or --after, not both');
  }
  if (beside !== undefined) {
    const task = taskCalled(tasks, beside);
    if (section !== undefined && task.section !== sectionCalled(tasks, section)) {
      throw new PawlError('usage', `${task.taskId} is not in the section ${section}`);
    }
    return anchored(layout, task, before === undefined ? 'after' : 'before');
  }
  const title = section === undefined ? undefined : sectionCalled(tasks, section);
  const own = title === undefined ? tasks : tasks.filter((task) => task.section === title);
  const last = own.findLast((task) => layout.site(task) !== null) ?? own.at(-1);
  if (last === undefined) throw editRefused('the list', 'it has no task to go by');
  return anchored(layout, last, 'after');
}

/** @throws PawlError `task_not_found`, with the nearest ids. */
export function taskCalled(tasks: readonly ListTask[], ref: string): ListTask {
  const existing = new ExistingIds(tasks.map((task) => task.taskId));
  const taskId = existing.find(ref);
  const task = tasks.find((one) => one.taskId === taskId);
  if (task !== undefined) return task;
  const nearest = nearestIds(ref, existing.all);
  const hint = nearest.length === 0 ? '' : `; the nearest are ${nearest.join(', ')}`;
  throw new PawlError('task_not_found', `no task of the list is called ${ref}${hint}`, {
    details: { task: ref, nearest },
  });
}

/** @throws PawlError `list_edit_refused` for a task that is no line of its own. */
export function siteOf(layout: ListLayout, task: ListTask): TaskSite {
  const site = layout.site(task);
  if (site !== null) return site;
  throw editRefused(task.taskId, 'only rows of tables and check boxes can be edited by a command');
}

function anchored(layout: ListLayout, task: ListTask, side: Anchor['side']): Anchor {
  return { task, site: siteOf(layout, task), side };
}

/** By its title, or a part of it that no other section with tasks has. */
function sectionCalled(tasks: readonly ListTask[], name: string): string | null {
  const titles = [...new Set(tasks.map((task) => task.section))];
  const wanted = name.trim().toLowerCase();
  const exact = titles.find((title) => title?.toLowerCase() === wanted);
  if (exact !== undefined) return exact;
  const [found, ...more] = titles.filter((title) => title?.toLowerCase().includes(wanted));
  if (found !== undefined && more.length === 0) return found;
  const known = titles.map((title) => title ?? '(before the first heading)').join('; ');
  const what = found === undefined ? 'no section with tasks is' : 'several sections may be';
  throw new PawlError('usage', `${what} called ${name}; there are: ${known}`);
}
