import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The kinds with the longest files first, the one with hundreds of short ones last. */
export const KINDS: readonly string[] = ['chaos', 'upgrade', 'e2e', 'server', 'sim', 'unit'];
/** Long in time, though not in text: a first run would begin the longest texts. */
export const LONG: readonly string[] = [
  ...['sqlite-disk.test.ts', 'attendant.test.ts', 'tidy.test.ts', 'week.test.ts'],
];

/** So that no processor is idle at the end of a run while another one works at a long file. */
export class LongKindsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

/** The kind decides, then whether it is a long one. */
export function placeOf({ project, moduleId }: TestSpecification): number {
  const isLong = LONG.some((name) => moduleId.endsWith(`/${name}`));
  return 2 * KINDS.indexOf(project.name) + (isLong ? 0 : 1);
}
