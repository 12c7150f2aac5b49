import { isAbsolute, join, normalize, sep } from 'node:path';
import type { ImportedArtifact, ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import type { Files } from '../../world/files.ts';
import { isRecord, parseJson, textOf } from '../loose-value.ts';

export interface ArtifactPlaces {
  /** The project: what lies outside is not taken. */
  readonly root: string;
  /** Its `.task_orchestrator`. */
  readonly storeDir: string;
}

export interface ResolvedArtifacts {
  readonly artifacts: readonly ImportedArtifact[];
  readonly findings: readonly ImportFinding[];
}

/**
 * Find what the references of a task mean. A completion stored
 * `.task_orchestrator/artifacts/<task>/<artifact>.md` even where the content went elsewhere; then
 * the `<artifact>_metadata.json` beside it knows. Absolute paths may be of another place, where the
 * project lay before. Links are followed, and must end in the project.
 */
export async function resolveArtifacts(
  files: Files,
  places: ArtifactPlaces,
  task: {
    readonly taskId: string | null;
    readonly planId: string;
    readonly place: string;
    readonly references: readonly string[];
  },
): Promise<ResolvedArtifacts> {
  const artifacts: ImportedArtifact[] = [];
  const findings: ImportFinding[] = [];
  for (const reference of task.references) {
    const found = await resolveReference(files, places, reference, task.taskId);
    if (typeof found === 'string') artifacts.push({ kind: 'file', reference, path: found });
    else {
      artifacts.push({ kind: 'gone', reference });
      const code = found.outside ? 'artifact_outside' : 'artifact_missing';
      const message = `${reference} ${found.outside ? 'lies outside the project' : 'is not there'}`;
      findings.push(importFinding(code, task, message));
    }
  }
  return { artifacts, findings };
}

async function resolveReference(
  files: Files,
  places: ArtifactPlaces,
  reference: string,
  taskId: string | null,
): Promise<string | { readonly outside: boolean }> {
  let outside = false;
  if (reference.includes('\0') || /^[a-z][a-z0-9+.-]+:\/\//i.test(reference)) return { outside };
  const root = await files.realPath(places.root);
  const candidates = [
    ...pathsOf(reference, places),
    ...(await pathsByMetadata(files, places, reference, taskId)),
  ];
  for (const candidate of candidates) {
    const real = await realPathOf(files, candidate);
    if (real === null) continue;
    const isInside = real.startsWith(root === sep ? root : root + sep);
    if (!isInside) outside = true;
    else if ((await files.facts(real))?.kind === 'file') return real;
  }
  return { outside };
}

const STORE_FOLDER = '.task_orchestrator';

/** A path as it is written, and where it would be if the project had been moved. */
function pathsOf(reference: string, { root, storeDir }: ArtifactPlaces): readonly string[] {
  const path = normalize(reference);
  const marker = `${STORE_FOLDER}${sep}`;
  const at = path.lastIndexOf(marker);
  const within = at === -1 ? [] : [join(storeDir, path.slice(at + marker.length))];
  return [isAbsolute(path) ? path : join(root, path), ...within];
}

async function pathsByMetadata(
  files: Files,
  places: ArtifactPlaces,
  reference: string,
  taskId: string | null,
): Promise<readonly string[]> {
  const match = /([^/\\]+?)(?:\.md)?$/.exec(reference.trim());
  const folder = /artifacts[/\\]([^/\\]+)[/\\][^/\\]+$/.exec(reference)?.[1] ?? taskId;
  if (match?.[1] === undefined || folder === null || !isName(folder)) return [];
  const base = join(places.storeDir, 'artifacts');
  const text = await textAt(files, join(base, folder, `${match[1]}_metadata.json`));
  const parsed = text === null ? null : parseJson(text);
  if (parsed === null || !parsed.ok || !isRecord(parsed.value)) return [];
  const relative = textOf(parsed.value['relative_path']);
  const primary = textOf(parsed.value['primary_file']);
  return [
    ...(relative === null ? [] : [join(base, relative)]),
    ...(primary === null ? [] : pathsOf(primary, places)),
  ];
}

/** A task may be called anything: as a folder it must not lead elsewhere. */
function isName(folder: string): boolean {
  return !/[/\\]/.test(folder) && folder !== '..' && folder !== '.';
}

async function realPathOf(files: Files, path: string): Promise<string | null> {
  if (path.includes('\0')) return null;
  try {
    return await files.realPath(path);
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

async function textAt(files: Files, path: string): Promise<string | null> {
  if (path.includes('\0')) return null;
  try {
    return new TextDecoder().decode(await files.read(path));
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** What nobody may read is, for an import, as good as not there. */
function isAbsence(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  const codes = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'EISDIR', 'ENAMETOOLONG', 'EINVAL'];
  return typeof code === 'string' && codes.includes(code);
}
