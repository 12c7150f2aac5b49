import { openContent, verifyContent } from '../artifacts/read-content.ts';
import { isPawlError } from '../domain/errors.ts';
import type { ReferredContent } from '../store/artifacts.ts';
import { type ArtifactContext, artifactContext } from './artifact-context.ts';
import { operation, type ProjectContext } from './operation.ts';

export interface ExaminedArtifacts {
  /** Contents that artifacts refer to. */
  readonly contents: number;
  readonly bytes: number;
  /** How many of them were compared with their hash; the others by their size. */
  readonly hashed: number;
  readonly faults: readonly ArtifactFault[];
}

export interface ArtifactFault {
  /** One of the artifacts that have this content. */
  readonly artifactId: string;
  readonly sha256: string;
  readonly message: string;
}

export interface ExamineArtifacts {
  /** Content is hashed until so many bytes were read; 0: none is. */
  readonly hashBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

const PAGE = 500;

/** Look whether the content of every complete artifact is there and whole. Changes nothing. */
export async function examineArtifacts(
  project: ProjectContext,
  input: ExamineArtifacts,
): Promise<ExaminedArtifacts> {
  return await operation(project, { operation: 'examine-artifacts' }, async () => {
    const ctx = artifactContext(project, input);
    const found = { contents: 0, bytes: 0, hashed: 0 };
    const faults: ArtifactFault[] = [];
    let budget = input.hashBytesMax;
    for (let after: string | null = null; ; ) {
      const page: readonly ReferredContent[] = await ctx.store.contents({ after, limit: PAGE });
      for (const content of page.filter(({ complete }) => complete)) {
        const hash = content.bytes <= budget;
        if (hash) budget -= content.bytes;
        const fault = await faultOf(ctx, content, hash);
        if (fault !== null) faults.push(fault);
        found.contents += 1;
        found.bytes += content.bytes;
        found.hashed += hash ? 1 : 0;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return { ...found, faults };
      after = last.sha256;
    }
  });
}

async function faultOf(
  { world, artifactsDir, signal }: ArtifactContext,
  content: ReferredContent,
  hash: boolean,
): Promise<ArtifactFault | null> {
  const { artifactId, sha256 } = content;
  try {
    const file = await openContent(world.files, artifactsDir, content);
    try {
      if (hash) await verifyContent(file, content, signal);
    } finally {
      await file.close();
    }
    return null;
  } catch (error) {
    if (isPawlError(error, 'aborted')) throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { artifactId, sha256, message };
  }
}
