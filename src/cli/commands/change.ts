import { PAWL_VERSION } from '../../app/version.ts';
import { PawlError } from '../../domain/errors.ts';
import { changeTask, type PersonVerb } from '../../operations/change-task.ts';
import { takeOverList } from '../../operations/look-up-lists.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { resolveTask } from '../../operations/resolve-task.ts';
import { answer } from '../answer.ts';
import { ask } from '../ask.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';

export interface ChangeOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly cascade?: boolean;
}

const KILL_GRACE_MS = 10_000;
const WORK_LEFT = 4;

const STANDARD_REASONS: Readonly<Record<PersonVerb, string>> = {
  skip: '',
  cancel: 'cancelled by a person',
  retry: 'retried by a person',
  requeue: 'requeued by a person',
};

/** `pawl skip`, `cancel`, `retry` and `requeue`. */
export async function changeCommand(
  invocation: Invocation,
  verb: PersonVerb,
  ref: string,
  options: ChangeOptions,
): Promise<number> {
  const { listPath, terminal } = invocation;
  const reason = options.reason?.trim() ?? STANDARD_REASONS[verb];
  if (reason === '') throw new PawlError('usage', `${verb} needs --reason TEXT`);
  const open = { listPath, both: true, anywhere: true };
  return await inProject(invocation, open, async (workspace) => {
    if (listPath !== null) await takeOverList(workspace, listPath);
    const list = listPath === null ? null : await resolveList(workspace, listPath);
    const task = await resolveTask(workspace, ref, list?.listId ?? null);
    const confirmed =
      options.yes === true ||
      (verb === 'requeue' &&
        task.status === 'completed' &&
        (await ask(terminal, `${task.taskId} is completed. Run it again?`)));
    const changed = await changeTask(workspace, {
      task,
      verb,
      reason,
      confirmed,
      cascade: options.cascade ?? false,
      endByFolder: (folder, killGraceMs) => workspace.runner.endByFolder(folder, killGraceMs),
      killGraceMs: KILL_GRACE_MS,
      version: PAWL_VERSION,
    });
    const now = changed.task;
    answer(invocation, verb, changed, () => [
      changed.kind === 'changed'
        ? `${terminal.paint('strong', now.taskId)}: ${now.why}.`
        : `Asked ${changed.holder ?? 'its holder'} to ${verb} ${now.taskId}: not done yet.`,
    ]);
    return changed.kind === 'changed' ? 0 : WORK_LEFT;
  });
}
