import { openCopyDesk } from '../../app/copy-store.ts';
import { secretInWords } from '../../config/store-place.ts';
import { copyStoreOf } from '../../operations/copy-store.ts';
import { answer } from '../answer.ts';
import { warn } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { copyLines } from '../render/copy-lines.ts';

export interface StoreCopyOptions {
  readonly to: string;
  readonly from?: string;
  readonly restart?: boolean;
}

/** `pawl store copy --to PLACE [--from PLACE] [--restart]`. */
export async function storeCopyCommand(
  invocation: Invocation,
  { to, from, restart }: StoreCopyOptions,
): Promise<number> {
  const { dir, listPath, terminal } = invocation;
  for (const written of [from, to]) {
    const message = secretInWords(written ?? '');
    if (message !== null) warn(invocation, message);
  }
  const desk = await openCopyDesk({ dir, listPath, from, to });
  try {
    const copy = await copyStoreOf(desk, {
      restart,
      interrupted: ({ message }) =>
        warn(invocation, `${message}; the copy goes on if that is over within two minutes`),
    });
    answer(invocation, 'store-copy', copy, () =>
      copyLines(copy, { width: terminal.columns, paint: terminal.paint }),
    );
    return 0;
  } finally {
    await desk.close();
  }
}
