import type { ArtifactQuery, ArtifactStore, ContentQuery } from '../artifacts.ts';
import type { Call } from '../store.ts';
import type { Bound } from './bound.ts';
import { completeArtifact, sealArtifact } from './complete-artifact.ts';
import { dropOpenArtifacts } from './drop-open-artifacts.ts';
import { extendArtifact } from './extend-artifact.ts';
import { openArtifact } from './open-artifact.ts';
import {
  findArtifacts,
  readArtifact,
  readArtifacts,
  readContents,
  readKnownContents,
} from './read-artifacts.ts';

export const artifactVerbs = ({ write, read }: Bound): ArtifactStore => ({
  openArtifact: write(openArtifact),
  extendArtifact: write(extendArtifact),
  sealArtifact: write(sealArtifact),
  completeArtifact: write(completeArtifact),
  artifact: (artifactId: string, call?: Call) => read(() => readArtifact(artifactId), call),
  artifacts: (query: ArtifactQuery, call?: Call) => read(() => readArtifacts(query), call),
  contents: (query: ContentQuery, call?: Call) => read(() => readContents(query), call),
  knownContents: (hashes: readonly string[], call?: Call) =>
    read(() => readKnownContents(hashes), call),
  findArtifacts: (ref: string, call?: Call) => read(() => findArtifacts(ref), call),
  dropOpenArtifacts: write(dropOpenArtifacts),
});
