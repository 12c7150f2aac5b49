import { z } from 'zod';
import { readClaim } from '../../domain/claim-token.ts';
import { appendArtifact, checkAppend } from '../../operations/append-artifact.ts';
import { completeArtifact } from '../../operations/complete-artifact.ts';
import { listArtifacts } from '../../operations/list-artifacts.ts';
import type { MeantClaim } from '../../operations/meant-claim.ts';
import { openArtifact } from '../../operations/open-artifact.ts';
import type { Desk } from '../tool.ts';
import { artifactLabel } from './evidence.ts';

/** A piece of long work, kept as it comes: whoever is killed meanwhile has lost nothing of it. */
export const APPEND = z
  .strictObject({
    name: z.string().describe('Of the artifact'),
    content: z.string(),
    offset: z.number().int().min(0).optional().describe('In bytes; makes repeating safe'),
  })
  .optional()
  .describe('A piece of a long result, added to an artifact; completing closes it');

type Piece = NonNullable<z.infer<typeof APPEND>>;

/** Refuse what cannot be added, before the call does anything else. */
export async function checkPiece(
  { name, content, offset }: Piece,
  { ref, task }: MeantClaim,
  { workspace, signal }: Desk,
): Promise<void> {
  const { id } = task;
  const fence = ref.fence ?? (await workspace.store.task(id))?.fence ?? null;
  const about = { task: id, fence, offset: offset ?? null, content, signal };
  await checkAppend(workspace, { ...artifactLabel({ name }), ...about });
}

/** Add it under the claim. `next_offset` is where the next piece belongs. */
export async function appendPiece(
  { name, content, offset }: Piece,
  claim: string,
  { workspace, signal }: Desk,
): Promise<object> {
  const { id: task, fence } = readClaim(claim);
  const label = artifactLabel({ name });
  const { artifact } = await openArtifact(workspace, { ...label, task, fence, signal });
  const { artifactId } = artifact;
  const append = { artifactId, fence, offset: offset ?? null, content, signal };
  const { nextOffset } = await appendArtifact(workspace, append);
  return { name, resource: `artifact://${artifactId}`, next_offset: nextOffset };
}

/** What was sent in pieces under the claim is whole from now on. */
export async function closePieces(
  claim: string,
  { workspace, signal }: Desk,
): Promise<readonly { readonly name: string; readonly path: string }[]> {
  const { id: task, fence } = readClaim(claim);
  const { artifacts } = await listArtifacts(workspace, { task, state: 'open', signal });
  const closed: { readonly name: string; readonly path: string }[] = [];
  for (const { artifactId, name, fence: ofFence } of artifacts) {
    if (ofFence !== fence) continue;
    await completeArtifact(workspace, { artifactId, fence, signal });
    closed.push({ name, path: `artifact://${artifactId}` });
  }
  return closed;
}
