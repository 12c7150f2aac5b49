import { getStatus } from '../../operations/get-status.ts';
import { underSignal } from '../../operations/operation.ts';
import { jsonResource } from './json-resource.ts';
import type { ResourceReader } from './resource-reader.ts';

/** `pawl://board`: where every list stands. */
export const readBoard: ResourceReader = async (workspace, { uri, signal }) => {
  const lists = await getStatus(underSignal(workspace, signal));
  return jsonResource(uri, { workspace: workspace.root, lists });
};
