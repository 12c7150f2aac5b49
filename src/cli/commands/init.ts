import { configExample } from '../../config/config-example.ts';
import { initProject } from '../../operations/init-project.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';

/** `pawl init`: make the state folder of a project. */
export async function initCommand(invocation: Invocation): Promise<number> {
  return await inProject(invocation, { create: true }, async (workspace) => {
    const made = await initProject(workspace, { configExample: configExample() });
    answer(invocation, 'init', made, () => [
      `The project ${made.root} keeps its state in ${made.stateDir} (ignored by git).`,
      ...made.made.map((path) => `  wrote ${path}`),
      'Next: pawl run FILE, or pawl run FILE --dry-run to see what it would do.',
    ]);
    return 0;
  });
}
