import type { OnDepFailure } from '../domain/status.ts';
import type { ChangeOptions } from '../store/store.ts';
import { type OperationContext, operation } from './operation.ts';

/** Store the options of a list's executor, for whoever goes on with it. */
export async function keepOptions(
  ctx: OperationContext,
  input: {
    readonly listId: string;
    readonly configJson: string | ChangeOptions;
    readonly onDepFailure?: OnDepFailure;
  },
): Promise<void> {
  await operation(ctx, { operation: 'keep-options' }, async () => {
    await ctx.store.setExecutor(input);
  });
}
