import { z } from 'zod';
import { readClaim } from '../../domain/claim-token.ts';
import { appendArtifact } from '../../operations/append-artifact.ts';
import { completeArtifact } from '../../operations/complete-artifact.ts';
import { listArtifacts } from '../../operations/list-artifacts.ts';
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

/** Add it under the claim. `next_offset` is where the next piece belongs. */
export async function appendPiece(
  piece: NonNullable<z.infer<typeof APPEND>>,
  claim: string,
  { workspace, signal }: Desk,
): Promise<object> {
  const { id: task, fence } = readClaim(claim);
  const { name, content, offset = null } = piece;
  const label = artifactLabel({ name });
  const { artifact } = await openArtifact(workspace, { ...label, task, fence, signal });
  const { artifactId } = artifact;
  const append = { artifactId, fence, offset, content, signal };
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
