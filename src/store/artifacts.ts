import type { Call } from './call.ts';

export const ARTIFACT_STATES = ['open', 'complete'] as const;
export type ArtifactState = (typeof ARTIFACT_STATES)[number];

/** What an attempt brought forth, as it is recorded. The content is elsewhere: a file. */
export interface Artifact {
  readonly artifactId: string;
  readonly listId: string;
  /** The path of the task's list. */
  readonly list: string;
  /** The task's `id`. */
  readonly task: string;
  readonly taskId: string;
  /** Of the attempt that wrote it; null when a person or an import did. */
  readonly fence: number | null;
  readonly name: string;
  readonly kind: string;
  readonly mediaType: string;
  /** Of the content, in hexadecimal. Of an open one: known from the moment it is being closed. */
  readonly sha256: string | null;
  /** Of an open one: what was acknowledged. */
  readonly bytes: number;
  readonly state: ArtifactState;
  readonly summary: string | null;
  readonly sourcePath: string | null;
  readonly createdAtMs: number;
  readonly completedAtMs: number | null;
}

/** The verbs of artifacts; the store has them beside those of the queue. */
export interface ArtifactStore {
  /**
   * Record a new artifact. With the same task, attempt and name as one that is still open, that
   * one is answered; with a known content also one that is complete.
   */
  openArtifact(input: OpenArtifact, call?: Call): Promise<Artifact>;
  /** Acknowledge that content up to `bytes` is durable; what was acknowledged never shrinks. */
  extendArtifact(input: ExtendArtifact, call?: Call): Promise<Artifact>;
  /** From here on the content is what has this hash, and nothing is added any more. */
  sealArtifact(input: SealArtifact, call?: Call): Promise<Artifact>;
  /** The content lies where its hash says. Again: the same answer. */
  completeArtifact(input: HeldArtifact, call?: Call): Promise<Artifact>;
  artifact(artifactId: string, call?: Call): Promise<Artifact | null>;
  /** The oldest first. */
  artifacts(query: ArtifactQuery, call?: Call): Promise<readonly Artifact[]>;
  /** Every content that an artifact refers to, once, by its hash. */
  contents(query: ContentQuery, call?: Call): Promise<readonly ReferredContent[]>;
  /** Which of these hashes an artifact refers to. */
  knownContents(hashes: readonly string[], call?: Call): Promise<readonly string[]>;
  /** Those that a person may mean by `ref`: the id, or failing that an end of it. */
  findArtifacts(ref: string, call?: Call): Promise<readonly Artifact[]>;
  /**
   * Forget what was opened before a moment and whose attempt is over; gives the ids, at most some
   * hundred at a time.
   */
  dropOpenArtifacts(input: DropOpenArtifacts, call?: Call): Promise<readonly string[]>;
}

export interface OpenArtifact {
  readonly artifactId: string;
  /** The task's `id`. */
  readonly task: string;
  /** Of the attempt that writes; null for a person or an import, whom no lease binds. */
  readonly fence: number | null;
  readonly name: string;
  readonly kind: string;
  readonly mediaType: string;
  readonly summary: string | null;
  readonly sourcePath: string | null;
  /** Not this one, although it is open under the name: it cannot be gone on with. */
  readonly except?: string;
  /** The content, when it is already known. */
  readonly sealed: { readonly sha256: string; readonly bytes: number } | null;
  readonly limits: {
    readonly artifactsPerTaskMax: number;
    /** Of all artifacts together. */
    readonly artifactsBytesMax: number;
  };
}

export interface HeldArtifact {
  readonly artifactId: string;
  readonly fence: number | null;
}

export interface ExtendArtifact extends HeldArtifact {
  readonly bytes: number;
}

export interface SealArtifact extends HeldArtifact {
  readonly sha256: string;
  readonly bytes: number;
}

export interface ArtifactQuery {
  readonly listId?: string;
  /** The task's `id`. */
  readonly task?: string;
  readonly state?: ArtifactState;
  /** Those that come after this one of the same query. */
  readonly after?: { readonly createdAtMs: number; readonly artifactId: string };
  readonly limit: number;
}

export interface ContentQuery {
  /** A hash; those behind it are given. */
  readonly after: string | null;
  readonly limit: number;
}

export interface ReferredContent {
  readonly sha256: string;
  readonly bytes: number;
  /** One of the artifacts that have it. */
  readonly artifactId: string;
  /** False: one that is being closed refers to it, so that it may not be there yet. */
  readonly complete: boolean;
}

export interface DropOpenArtifacts {
  readonly openedBeforeMs: number;
  /** Only look which they are. */
  readonly preview: boolean;
}
