import { PawlError } from '../../domain/errors.ts';
import { listArtifacts } from '../../operations/list-artifacts.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { findTask } from '../../operations/resolve-task.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { artifactLines } from '../render/artifact-lines.ts';

export interface ArtifactsOptions {
  readonly limit?: string;
  readonly cursor?: string;
}

/** `pawl artifacts [ID] [PATH]`: what attempts brought forth, of a task, of a list, or all. */
export async function artifactsCommand(
  invocation: Invocation,
  ref: string | undefined,
  options: ArtifactsOptions,
): Promise<number> {
  const { listPath, terminal } = invocation;
  const limit = options.limit === undefined ? undefined : countOf('--limit', options.limit);
  return await inProject(invocation, { listPath, anywhere: true }, async (workspace) => {
    const list = listPath === null ? null : await resolveList(workspace, listPath);
    const listId = list?.listId ?? null;
    const task = ref === undefined ? undefined : await findTask(workspace, ref, listId);
    const listed = await listArtifacts(workspace, {
      listId: listId ?? undefined,
      task: task?.id,
      limit,
      cursor: options.cursor,
    });
    answer(invocation, 'artifacts', listed, () => {
      if (listed.artifacts.length === 0) return ['No artifact yet'];
      const style = { width: terminal.columns, paint: terminal.paint };
      const more = listed.nextCursor === null ? [] : [`More: --cursor ${listed.nextCursor}`];
      return [...artifactLines(listed.artifacts, style), ...more];
    });
    return 0;
  });
}

/** A number of bytes or things, as an option says it. */
export function countOf(option: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new PawlError('usage', `${option}: ${text} is no number`);
}
