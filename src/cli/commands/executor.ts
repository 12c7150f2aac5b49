import { readProjectConfig } from '../../app/project-config.ts';
import { PAWL_VERSION } from '../../app/version.ts';
import type { Workspace } from '../../app/workspace.ts';
import { rememberOption } from '../../config/stored-options.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { type SetExecutorInput, setExecutor } from '../../operations/set-executor.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { quoted } from '../render/quoted.ts';
import { statusLines } from '../render/status-lines.ts';

const KILL_GRACE_MS = 10_000;
const WORK_LEFT = 4;

const SAID: Readonly<Record<SetExecutorInput['verb'], string>> = {
  pause: 'Paused: nothing new is started; what runs goes on. `pawl resume` goes on.',
  resume: 'Resumed.',
  stop: 'Stopped: agents were ended, their tasks are queued, uncharged.',
};

export interface ExecutorOptions {
  /** With `resume`: tasks of the list that run at once, over all hosts. */
  readonly concurrency?: string;
}

/** `pawl pause`, `resume` and `stop`. */
export async function executorCommand(
  invocation: Invocation,
  verb: SetExecutorInput['verb'],
  { concurrency }: ExecutorOptions = {},
): Promise<number> {
  const { listPath, terminal } = invocation;
  return await inProject(invocation, { listPath, anywhere: true }, async (workspace) => {
    const maxConcurrent = await concurrencyOf(workspace, concurrency);
    const list = await resolveList(workspace, listPath);
    const changed = await setExecutor(workspace, {
      ...{ list, verb },
      ...(maxConcurrent === null
        ? {}
        : { configJson: (kept) => rememberOption(kept, 'maxConcurrent', maxConcurrent) }),
      endByFolder: (folder, killGraceMs) => workspace.runner.endByFolder(folder, killGraceMs),
      killGraceMs: KILL_GRACE_MS,
      version: PAWL_VERSION,
    });
    const { status, stillRunning } = changed;
    const asked = `Asked ${status.executor.process ?? 'its holder'} to stop`;
    answer(invocation, verb, changed, () => [
      stillRunning.length === 0
        ? `${SAID[verb]}${atOnce(maxConcurrent)}`
        : `${asked}; still running: ${stillRunning.join(', ')}`,
      ...statusLines(status, { width: terminal.columns, paint: terminal.paint }),
      ...(verb === 'resume' && status.executor.process === null && status.executor.servers === null
        ? [`  Nothing executes it now: ${invocation.command} run ${quoted(status.list)}`]
        : []),
    ]);
    return stillRunning.length === 0 ? 0 : WORK_LEFT;
  });
}

/** @throws PawlError `config_invalid`, before anything is changed. */
async function concurrencyOf(
  { world, stateDir }: Workspace,
  maxConcurrent: string | undefined,
): Promise<number | null> {
  if (maxConcurrent === undefined) return null;
  const overrides = { maxConcurrent };
  return (await readProjectConfig(world, { stateDir, overrides })).config.maxConcurrent;
}

function atOnce(maxConcurrent: number | null): string {
  if (maxConcurrent === null) return '';
  return ` At most ${maxConcurrent} of its tasks run at once, over all hosts.`;
}
