import { listTasks } from '../../operations/list-tasks.ts';
import { underSignal } from '../../operations/operation.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { shortText } from '../concise.ts';
import { pageOf } from '../cursor.ts';
import { jsonResource, numberOf } from './json-resource.ts';
import type { ResourceReader } from './resource-reader.ts';

const TEXT_CHARS_MAX = 200;

/** `list://PATH` or `list://breakdown:ID`: the tasks in their order, by pages. */
export const readListResource: ResourceReader = async (workspace, wanted) => {
  const { name, query, uri, signal } = wanted;
  const ctx = underSignal(workspace, signal);
  const list = await resolveList(ctx, name);
  const after = numberOf(query, 'after') ?? 0;
  const tasks = (await listTasks(ctx, list))
    .filter(({ position }) => position > after)
    .map(({ taskId, state, why, description, dependencies, position, agent }) => ({
      ...{ taskId, state, why, dependencies, position, agent },
      text: shortText(description, TEXT_CHARS_MAX),
    }));
  const { items, taken } = pageOf(tasks);
  const last = items.at(-1)?.position;
  const next = `list://${encodeURIComponent(name)}?after=${last}`;
  return jsonResource(uri, {
    ...{ list: list.path, title: list.title, total: list.total, counts: list.counts },
    ...{ tasks: items, ...(taken < tasks.length ? { next } : {}) },
  });
};
