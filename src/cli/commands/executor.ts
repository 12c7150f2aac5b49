import { PAWL_VERSION } from '../../app/version.ts';
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

/** `pawl pause`, `resume` and `stop`. */
export async function executorCommand(
  invocation: Invocation,
  verb: SetExecutorInput['verb'],
): Promise<number> {
  const { listPath, terminal } = invocation;
  return await inProject(invocation, { listPath, anywhere: true }, async (workspace) => {
    const changed = await setExecutor(workspace, {
      list: await resolveList(workspace, listPath),
      verb,
      endByFolder: (folder, killGraceMs) => workspace.runner.endByFolder(folder, killGraceMs),
      killGraceMs: KILL_GRACE_MS,
      version: PAWL_VERSION,
    });
    const { status, stillRunning } = changed;
    const asked = `Asked ${status.executor.process ?? 'its holder'} to stop`;
    answer(invocation, verb, changed, () => [
      stillRunning.length === 0
        ? SAID[verb]
        : `${asked}; still running: ${stillRunning.join(', ')}`,
      ...statusLines(status, { width: terminal.columns, paint: terminal.paint }),
      ...(verb === 'resume' && status.executor.process === null && status.executor.servers === null
        ? [`  Nothing executes it now: ${invocation.command} run ${quoted(status.list)}`]
        : []),
    ]);
    return stillRunning.length === 0 ? 0 : WORK_LEFT;
  });
}
