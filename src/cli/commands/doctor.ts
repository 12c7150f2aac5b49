import { platform } from 'node:process';
import { openClientContext } from '../../app/client-context.ts';
import { findAgents } from '../../app/known-agents.ts';
import { peekWorkspace } from '../../app/peek-workspace.ts';
import { runtimeVersions } from '../../app/runtime-versions.ts';
import { schemaState } from '../../app/schema-state.ts';
import { serverRemarks } from '../../app/server-remarks.ts';
import { PAWL_VERSION } from '../../app/version.ts';
import { diagnose } from '../../operations/diagnose.ts';
import { diagnoseClients } from '../../operations/diagnose-clients.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { checkLines } from '../render/checks.ts';

/** `pawl doctor`: look for everything that is known to keep Pawl from its work. */
export async function doctorCommand(invocation: Invocation): Promise<number> {
  const { dir, listPath, terminal } = invocation;
  const project = await peekWorkspace({ dir, ...(listPath === null ? {} : { listPath }) });
  try {
    const { world, root, stateDir, store, storeError } = project;
    const { checks: ofProject } = await diagnose(project, {
      versions: runtimeVersions(),
      platform,
      root,
      stateDir,
      store,
      storeError,
      schema: store === null && storeError === null ? null : await schemaState(project),
      server: await serverRemarks(project),
      agents: await findAgents(world, root),
    });
    const clients = await openClientContext({ dir: root, world });
    const ofClients = await diagnoseClients(clients, { version: PAWL_VERSION });
    const checks = [...ofProject, ...ofClients];
    answer(invocation, 'doctor', { checks }, () =>
      checkLines(checks, { width: terminal.columns, paint: terminal.paint }),
    );
    return checks.some((check) => check.severity === 'fault') ? 1 : 0;
  } finally {
    await project.close();
  }
}
