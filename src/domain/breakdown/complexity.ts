/** How hard a breakdown is, from its planner's mouth. Stored words. */
export const COMPLEXITIES = ['trivial', 'simple', 'moderate', 'complex', 'very_complex'] as const;

export type Complexity = (typeof COMPLEXITIES)[number];

/** However it is written: case, spaces and dashes do not matter. Null when it is none of these. */
export function complexityOf(written: string): Complexity | null {
  const word = written
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return COMPLEXITIES.find((complexity) => complexity === word) ?? null;
}
