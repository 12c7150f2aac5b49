import { platform } from 'node:process';
import { findAgents } from '../../app/known-agents.ts';
import { peekWorkspace } from '../../app/peek-workspace.ts';
import { runtimeVersions } from '../../app/runtime-versions.ts';
import { schemaState } from '../../app/schema-state.ts';
import { diagnose } from '../../operations/diagnose.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { checkLines } from '../render/checks.ts';

/** `pawl doctor`: look for everything that is known to keep Pawl from its work. */
export async function doctorCommand(invocation: Invocation): Promise<number> {
  const { dir, listPath, terminal } = invocation;
  const project = await peekWorkspace({ dir, ...(listPath === null ? {} : { listPath }) });
  try {
    const { world, root, stateDir, store, storeError } = project;
    const diagnosis = await diagnose(project, {
      versions: runtimeVersions(),
      platform,
      root,
      stateDir,
      store,
      storeError,
      schema: store === null && storeError === null ? null : await schemaState(project),
      agents: await findAgents(world, root),
    });
    answer(invocation, 'doctor', diagnosis, () =>
      checkLines(diagnosis.checks, { width: terminal.columns, paint: terminal.paint }),
    );
    return diagnosis.checks.some((check) => check.severity === 'fault') ? 1 : 0;
  } finally {
    await project.close();
  }
}
