import { tmpdir } from 'node:os';
import process from 'node:process';
import { peekWorkspace } from '../../app/peek-workspace.ts';
import { PawlError } from '../../domain/errors.ts';
import { followSource } from '../../operations/follow-source.ts';
import { type ImportReport, importSource, previewImport } from '../../operations/import-source.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { importLines } from '../render/import-lines.ts';

export interface ImportOptions {
  readonly dryRun?: boolean;
  readonly watch?: boolean;
}

/** A dry run that found something to take over. */
const PENDING = 5;

/** `pawl import [PLACE] [--dry-run | --watch]`: take over what other programs left. */
export async function importCommand(
  invocation: Invocation,
  place: string,
  { dryRun = false, watch = false }: ImportOptions,
): Promise<number> {
  if (dryRun && watch) {
    throw new PawlError('usage', '--dry-run and --watch exclude each other');
  }
  if (dryRun) return await previewCommand(invocation, place);
  return await inProject(invocation, { create: true }, async (workspace) => {
    const input = { place, scratchDir: `${workspace.stateDir}/importing` };
    const tell = (report: ImportReport): void => show(invocation, report);
    if (!watch) {
      tell(await importSource(workspace, input));
      return 0;
    }
    const stopped = new AbortController();
    const stop = (): void => stopped.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    await followSource(workspace, { ...input, signal: stopped.signal, told: tell });
    return 0;
  });
}

async function previewCommand(invocation: Invocation, place: string): Promise<number> {
  const project = await peekWorkspace({ dir: invocation.dir });
  try {
    if (project.storeError !== null) throw project.storeError;
    const scratchDir = `${tmpdir()}/pawl-importing-${project.world.ids.uuid()}`;
    try {
      const report = await previewImport(project, { place, dryRun: true, scratchDir });
      show(invocation, report);
      return report.sources.some(({ plans, counts }) => {
        const isNew = plans.some(({ change }) => change === 'added' || change === 'updated');
        return isNew || counts.added + counts.updated > 0;
      })
        ? PENDING
        : 0;
    } finally {
      await project.world.files.removeTree(scratchDir);
    }
  } finally {
    await project.close();
  }
}

function show(invocation: Invocation, report: ImportReport): void {
  const { terminal } = invocation;
  answer(invocation, 'import', report, () => importLines(report, terminal.paint));
}
