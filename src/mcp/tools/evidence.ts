import { readClaim } from '../../domain/claim-token.ts';
import { PawlError } from '../../domain/errors.ts';
import { extendClaim } from '../../operations/extend-claim.ts';
import type { NamedClaim } from '../../operations/meant-claim.ts';
import { checkArtifact, storeArtifact } from '../../operations/store-artifact.ts';
import type { Desk } from '../tool.ts';

/** A longer account is kept as an artifact, and only its beginning with the attempt. */
export const DETAIL_CHARS_MAX = 20_000;
const KIND = 'general';

/** What a report may bring along: a text, or a file of the project. */
export interface GivenArtifact {
  readonly name: string;
  readonly content?: string | undefined;
  readonly path?: string | undefined;
  readonly type?: string | undefined;
  readonly summary?: string | undefined;
}

export interface Evidence {
  /** The claim under which it was stored; null when there was nothing to store. */
  readonly claim: string | null;
  readonly artifacts: readonly { readonly name: string; readonly path: string }[];
  readonly detailedWork: string | null;
}

/**
 * Keep what a report brings along, by the right of the claim; before the report itself. What cannot
 * be kept is refused before anything is.
 */
export async function storeEvidence(
  args: {
    readonly artifacts?: readonly GivenArtifact[] | undefined;
    readonly detailed_work?: string | undefined;
  },
  named: NamedClaim,
  desk: Desk,
): Promise<Evidence> {
  const { workspace, signal } = desk;
  const detail = args.detailed_work ?? null;
  const given = (args.artifacts ?? []).map(wishOf);
  const isLong = detail !== null && detail.length > DETAIL_CHARS_MAX;
  const wanted = isLong ? [...given, accountOf(detail)] : given;
  if (wanted.length === 0) return { claim: null, artifacts: [], detailedWork: detail };
  for (const one of wanted) await checkArtifact(workspace, { ...one, signal });
  const { claim } = await extendClaim(workspace, { ...named, signal });
  const { id: task, fence } = readClaim(claim);
  const artifacts: { readonly name: string; readonly path: string }[] = [];
  for (const one of wanted) {
    const stored = await storeArtifact(workspace, { ...one, task, fence, signal });
    artifacts.push({ name: stored.name, path: `artifact://${stored.artifactId}` });
  }
  return { claim, artifacts, detailedWork: detail?.slice(0, DETAIL_CHARS_MAX) ?? null };
}

function accountOf(detail: string) {
  return {
    ...{ name: 'detailed-work.md', kind: KIND, mediaType: 'text/markdown', summary: null },
    content: { kind: 'text', text: detail } as const,
  };
}

function wishOf(one: GivenArtifact) {
  const { name, content, path, type, summary } = one;
  if ((content === undefined) === (path === undefined)) {
    throw new PawlError('arguments_invalid', `artifact ${name}: content or path, one of them`);
  }
  return {
    ...artifactLabel({ name, type, summary, path }),
    content:
      content === undefined
        ? ({ kind: 'file', path: path as string } as const)
        : ({ kind: 'text', text: content } as const),
  };
}

/** How an artifact is named; its media type is told by the name. */
export function artifactLabel(one: Omit<GivenArtifact, 'content'>) {
  const { name, type = KIND, summary = null, path = name } = one;
  return { name, kind: type, mediaType: mediaTypeOf(path), summary };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  md: 'text/markdown',
  json: 'application/json',
  html: 'text/html',
  css: 'text/css',
  csv: 'text/csv',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  png: 'image/png',
  jpg: 'image/jpeg',
  pdf: 'application/pdf',
  zip: 'application/zip',
};

function mediaTypeOf(name: string): string {
  return MEDIA_TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'text/plain';
}
