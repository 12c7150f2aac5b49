import { createHash } from 'node:crypto';
import { basename, relative, sep } from 'node:path';
import type { ImportedPlan, SourceKind, SourceReading } from '../domain/importing/imported-plan.ts';
import { storeFolderOf } from '../importing/find-sources.ts';
import { OLDER_FOLDER } from '../importing/older/older-folder.ts';
import type { ImportCheck, ImportPlan, PlanImport } from '../store/imports.ts';

/**
 * What a source is called in the notes of imports, for ever: its path from the project's root where
 * it lies in the project, so that both may be moved together. A file of an older store is that
 * store, from whichever end it is looked at.
 */
export function sourceId(root: string, place: string, kind: SourceKind): string {
  const folder = storeFolderOf(place);
  const home = kind === 'older-orchestrator' && basename(folder) === OLDER_FOLDER ? folder : place;
  const path = relative(root, home);
  const isInside = path !== '' && path !== '..' && !path.startsWith(`..${sep}`);
  return `${kind}:${isInside ? path : home}`;
}

/** One plan, what became of it, and what was read again after its commit. */
export interface Outcome {
  readonly input: ImportPlan;
  readonly outcome: PlanImport;
  readonly verified: ImportCheck | null;
}

/** Only one process at a time reads a source and writes what it read. */
export function importLock(source: string): string {
  return `import:${source}`;
}

/** A plan as the store takes it over. */
export function importInput(root: string, reading: SourceReading, plan: ImportedPlan): ImportPlan {
  const { kind, place } = reading;
  const source = sourceId(root, place, kind);
  const mark = createHash('sha256').update(source).digest('hex').slice(0, 6);
  return { source, kind, plan, otherId: `${plan.planId}_${mark}` };
}
