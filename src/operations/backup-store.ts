import { PawlError } from '../domain/errors.ts';
import { type OperationContext, operation } from './operation.ts';

export interface StoreBackup {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Copy the store, as of one moment, while others use it. The copy is checked before it gets its
 * name; a file that exists is never touched.
 *
 * @throws PawlError `usage` when there is such a file, or no such folder; `store_full` ...
 */
export async function backupStore(ctx: OperationContext, file: string): Promise<StoreBackup> {
  return await operation(ctx, { operation: 'backup-store', file }, async () => {
    const { files } = ctx.world;
    const folder = file.slice(0, file.lastIndexOf('/')) || '/';
    if ((await files.facts(folder))?.kind !== 'directory') {
      throw new PawlError('usage', `there is no folder ${folder}`);
    }
    await ctx.store.backup(file);
    const bytes = (await files.facts(file))?.size ?? 0;
    ctx.log.info('store.backup', { file, bytes });
    return { file, bytes };
  });
}
