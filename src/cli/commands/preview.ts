import { readListSource } from '../../app/list-source.ts';
import { peekWorkspace } from '../../app/peek-workspace.ts';
import { readProjectConfig } from '../../app/project-config.ts';
import { storedOptions } from '../../config/stored-options.ts';
import { previewRun } from '../../operations/preview-run.ts';
import { answer } from '../answer.ts';
import type { Invocation } from '../invocation.ts';
import { listMeant } from '../list-meant.ts';
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
    const listPath = await listMeant(project, path);
    const known = (await store?.listByPath(listPath)) ?? null;
    const { config } = await readProjectConfig(world, {
      stateDir,
      overrides: overridesOf(options),
      stored: storedOptions(known?.executor.configJson ?? null),
    });
    const preview = await previewRun(
      { world, log, store },
      { path: listPath, options: config, listBytesMax: config.listBytesMax },
    );
    const style = { width: terminal.columns, paint: terminal.paint };
    if (!invocation.json && preview.findings.length > 0) {
      const source = { name: listPath, text: await readListSource(listPath) };
      for (const line of findingLines(preview.findings, source, style)) terminal.err(line);
    }
    answer(invocation, 'plan', preview, () => previewLines(preview, style));
    return 0;
  } finally {
    await project.close();
  }
}
