import { breakdownPath } from '../../domain/breakdown/list-path.ts';
import { resolveBreakdown } from '../../operations/breakdown-view.ts';
import { underSignal } from '../../operations/operation.ts';
import type { Desk } from '../tool.ts';

/** The path of the list that a call names, either way; null when it names none. */
export function listOf({
  parent_task_id: parent,
  list,
}: {
  readonly parent_task_id?: string | undefined;
  readonly list?: string | undefined;
}): string | null {
  if (parent !== undefined) return breakdownPath(parent);
  return list ?? null;
}

/** The id of the list that a breakdown's parent names; null when none is named. */
export async function listIdOf(
  { workspace, signal }: Pick<Desk, 'workspace' | 'signal'>,
  parent: string | undefined,
): Promise<string | null> {
  if (parent === undefined) return null;
  return (await resolveBreakdown(underSignal(workspace, signal), parent)).listId;
}
