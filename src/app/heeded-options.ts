import { storedOptions } from '../config/stored-options.ts';
import type { ExecutionOptions } from '../engine/execution.ts';

/**
 * The options of a run that goes on while persons change their mind: how many tasks run at once is
 * what was said last, by `pawl resume --concurrency` or another run, on whichever host.
 */
export function heededOptions(options: ExecutionOptions): {
  readonly options: ExecutionOptions;
  /** Told what is kept with the list; what it was at first is what this run was told itself. */
  readonly heed: (configJson: string | null) => void;
} {
  let { maxConcurrent } = options;
  let kept: string | null | undefined;
  return {
    options: {
      ...options,
      get maxConcurrent() {
        return maxConcurrent;
      },
    },
    heed: (configJson) => {
      const isNew = kept !== undefined && kept !== configJson;
      kept = configJson;
      if (!isNew) return;
      const { maxConcurrent: said } = storedOptions(configJson);
      if (typeof said === 'number' && Number.isInteger(said) && said > 0) maxConcurrent = said;
    },
  };
}
