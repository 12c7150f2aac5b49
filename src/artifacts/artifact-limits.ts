/** Every limit on artifacts, by its name, with its unit. */
export interface ArtifactLimits {
  /** The largest content. */
  readonly artifactBytesMax: number;
  readonly artifactsPerTaskMax: number;
  /** All artifacts of the project together, as if none had the content of another. */
  readonly artifactsBytesMax: number;
  /** What is taken with one call. */
  readonly appendBytesMax: number;
  /** What is given with one call. */
  readonly rangeBytesMax: number;
}

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

export const ARTIFACT_LIMITS: ArtifactLimits = {
  artifactBytesMax: GIB,
  artifactsPerTaskMax: 1_000,
  artifactsBytesMax: 64 * GIB,
  appendBytesMax: 8 * MIB,
  rangeBytesMax: 8 * MIB,
};
