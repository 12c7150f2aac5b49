import { peekWorkspace } from '../../app/peek-workspace.ts';
import { readProjectConfig } from '../../app/project-config.ts';
import { storedOptions } from '../../config/stored-options.ts';
import { PawlError } from '../../domain/errors.ts';
import { previewRun } from '../../operations/preview-run.ts';
import { resolveList } from '../../operations/resolve-list.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { findingLines } from '../render/findings.ts';
import { previewLines } from '../render/preview.ts';
import { overridesOf, type RunOptions } from '../run-options.ts';

/** `pawl run FILE --dry-run`: what would run in which order. Changes and creates nothing. */
export async function previewCommand(
  invocation: Invocation,
  path: string | null,
  options: RunOptions,
): Promise<number> {
  const { dir, terminal } = invocation;
  const project = await peekWorkspace({ dir, ...(path === null ? {} : { listPath: path }) });
  try {
    const { world, log, store, stateDir } = project;
    if (store === null && path === null) {
      throw new PawlError('usage', 'no list was loaded here yet: name its file');
    }
    const only =
      path === null && store !== null ? await resolveList({ world, log, store }, null) : null;
    const listPath = path ?? only?.path ?? '';
    const known = only ?? (await store?.listByPath(listPath)) ?? null;
    const { config } = await readProjectConfig(world, {
      stateDir,
      overrides: overridesOf(options),
      stored: storedOptions(known?.executor.configJson ?? null),
    });
    const preview = await previewRun(
      { world, log, store },
      { path: listPath, options: config, listBytesMax: config.listBytesMax },
    );
    for (const line of findingLines(listPath, preview.findings, terminal.paint)) {
      if (!invocation.json) terminal.err(line);
    }
    answer(invocation, 'plan', preview, () =>
      previewLines(preview, { width: terminal.columns, paint: terminal.paint }),
    );
    return 0;
  } finally {
    await project.close();
  }
}
