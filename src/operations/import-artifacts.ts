import { NAME_CHARS_MAX } from '../artifacts/artifact-label.ts';
import { ARTIFACT_LIMITS } from '../artifacts/artifact-limits.ts';
import { type ErrorCode, isPawlError } from '../domain/errors.ts';
import type {
  ImportedArtifact,
  ImportFinding,
  ImportFindingCode,
} from '../domain/importing/imported-plan.ts';
import { importFinding } from '../domain/importing/imported-plan.ts';
import type { ImportedTaskOutcome } from '../store/imports.ts';
import type { Outcome } from './import-identity.ts';
import type { ProjectContext } from './operation.ts';
import { type StoreArtifact, storeArtifact } from './store-artifact.ts';

export interface ArtifactCounts {
  /** References of tasks that lead to a content. */
  readonly found: number;
  /** Of these, what was stored now; the others were before. */
  readonly stored: number;
  /** References that lead nowhere, or out of the project. */
  readonly gone: number;
}

export const NO_ARTIFACTS: ArtifactCounts = { found: 0, stored: 0, gone: 0 };

export interface ImportedArtifacts {
  readonly counts: ArtifactCounts;
  readonly findings: readonly ImportFinding[];
}

/**
 * Copy what the tasks of imported plans left behind into the store of artifacts. What a task has
 * already by the same name is not read again, unless the task changed at its source.
 */
export async function importArtifacts(
  ctx: ProjectContext,
  { outcomes, signal }: { readonly outcomes: readonly Outcome[]; readonly signal?: AbortSignal },
): Promise<ImportedArtifacts> {
  const counts = { ...NO_ARTIFACTS };
  const findings: ImportFinding[] = [];
  for (const { input, outcome } of outcomes) {
    const { plan } = input;
    for (const [at, { artifacts, taskId }] of plan.tasks.entries()) {
      const task = outcome.tasks[at];
      if (task === undefined || task.id === null || artifacts.length === 0) continue;
      const known = await knownNames(ctx, task);
      for (const artifact of artifacts) {
        if (artifact.kind === 'gone') {
          counts.gone += 1;
          continue;
        }
        counts.found += 1;
        if (known.has(nameOf(artifact))) continue;
        const code = await store(ctx, { artifact, task: task.id, signal });
        if (code === null) counts.stored += 1;
        else {
          const where = { place: plan.place, planId: plan.planId, taskId };
          const message = `${artifact.reference} could not be stored`;
          findings.push(importFinding(code, where, message));
        }
      }
    }
  }
  return { counts, findings };
}

/** Names that need not be looked at again. */
async function knownNames(
  ctx: ProjectContext,
  { id, change }: ImportedTaskOutcome,
): Promise<ReadonlySet<string>> {
  if (id === null || change === 'added' || change === 'updated') return new Set();
  const limit = ARTIFACT_LIMITS.artifactsPerTaskMax;
  const known = await ctx.store.artifacts({ task: id, state: 'complete', limit });
  return new Set(known.map(({ name }) => name));
}

/** Refusals of the store of artifacts that concern one artifact, and what they mean here. */
const REFUSALS: Readonly<Partial<Record<ErrorCode, ImportFindingCode>>> = {
  artifact_too_large: 'artifact_too_large',
  artifact_too_many: 'artifact_too_large',
  path_outside: 'artifact_outside',
  file_unreadable: 'artifact_missing',
};

type Content = Exclude<ImportedArtifact, { readonly kind: 'gone' }>;

/** Null when it is stored; else why it is not. */
async function store(
  ctx: ProjectContext,
  input: {
    readonly artifact: Content;
    readonly task: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ImportFindingCode | null> {
  const { artifact, task, signal } = input;
  try {
    const content = await contentOf(ctx, artifact);
    if (content === null) return 'artifact_too_large';
    const name = nameOf(artifact);
    const label = { name, kind: 'general', mediaType: mediaTypeOf(name), summary: null };
    await storeArtifact(ctx, { ...label, task, fence: null, content, signal });
    return null;
  } catch (error) {
    const code = isPawlError(error) ? REFUSALS[error.code] : undefined;
    if (code === undefined) throw error;
    return code;
  }
}

/** Read whole, because it lies in another project than this one. */
const FOREIGN_BYTES_MAX = 256 * 1024 * 1024;

async function contentOf(
  { world, root }: ProjectContext,
  artifact: Content,
): Promise<StoreArtifact['content'] | null> {
  if (artifact.kind === 'text') return artifact;
  const { path } = artifact;
  if (path.startsWith(`${await world.files.realPath(root)}/`)) return { kind: 'file', path };
  const facts = await world.files.facts(path);
  if (facts === null || facts.size > FOREIGN_BYTES_MAX) return null;
  return { kind: 'bytes', bytes: await world.files.read(path) };
}

/** The reference on one line; of a long one its end, where the file's name is. */
function nameOf({ reference }: ImportedArtifact): string {
  const line = reference.replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ').trim();
  return line.slice(-NAME_CHARS_MAX).toWellFormed() || 'artifact';
}

function mediaTypeOf(name: string): string {
  if (name.endsWith('.md')) return 'text/markdown';
  return /\.(txt|ts|js|py|json|ya?ml|toml|html|css|sh|sql)$/.test(name)
    ? 'text/plain'
    : 'application/octet-stream';
}
