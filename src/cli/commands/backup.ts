import { resolve } from 'node:path';
import { backupStore } from '../../operations/backup-store.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';

/** `pawl backup FILE`: a copy of the store, as of one moment, while others use it. */
export async function backupCommand(invocation: Invocation, file: string): Promise<number> {
  const { listPath, dir } = invocation;
  return await inProject(invocation, { listPath }, async (workspace) => {
    const backup = await backupStore(workspace, resolve(dir, file));
    answer(invocation, 'backup', backup, () => [
      `Copied the store to ${backup.file} (${backup.bytes} bytes), checked.`,
    ]);
    return 0;
  });
}
