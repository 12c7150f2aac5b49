import { peekWorkspace } from '../../app/peek-workspace.ts';
import { rolePlaces } from '../../app/role-places.ts';
import { listRoles } from '../../operations/list-roles.ts';
import { showRole } from '../../operations/show-role.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { roleFindingLines, roleLines } from '../render/role-lines.ts';

/** `pawl roles [NAME]`: the specialists there are, or what one of them is told. Changes nothing. */
export async function rolesCommand(
  invocation: Invocation,
  name: string | undefined,
): Promise<number> {
  const { dir, listPath, terminal } = invocation;
  const project = await peekWorkspace({ dir, ...(listPath === null ? {} : { listPath }) });
  const style = { width: terminal.columns, paint: terminal.paint };
  try {
    const places = rolePlaces(project);
    if (name === undefined) {
      const listed = await listRoles(project, places);
      answer(invocation, 'roles', listed, () => [
        ...roleLines(listed.roles, style),
        ...roleFindingLines(listed.findings, style),
      ]);
    } else {
      const shown = await showRole(project, { name, places });
      answer(invocation, 'role', shown, () => [
        ...shown.text.split('\n'),
        ...roleFindingLines(shown.findings, style),
      ]);
    }
    return 0;
  } finally {
    await project.close();
  }
}
