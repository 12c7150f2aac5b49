import { underSignal } from '../../operations/operation.ts';
import { showMeantTask } from '../../operations/show-task.ts';
import { jsonResource } from './json-resource.ts';
import type { ResourceReader } from './resource-reader.ts';

/** `task://ID`: everything that is known of a task. */
export const readTaskResource: ResourceReader = async (workspace, { name, uri, signal }) => {
  const ctx = underSignal(workspace, signal);
  return jsonResource(uri, await showMeantTask(ctx, name, null));
};
