import type { WishedSettings } from '../edit/task-wish.ts';

/** A task to be written into a list, its values spelt as they are to be read. */
export interface WrittenTask {
  /** Null for a check box without an id. */
  readonly taskId: string | null;
  readonly text: string;
  readonly settings: WishedSettings;
  readonly steps: readonly string[];
}
