import { storedOptions } from '../config/stored-options.ts';
import type { ExecutionOptions } from '../engine/execution.ts';

/**
 * The options of a run that goes on while persons change their mind: how many tasks run at once is
 * what was said last, by `pawl resume --concurrency` or another run, on whichever host. What was
 * kept with the list when this run began was said before that.
 */
export function heededOptions(
  options: ExecutionOptions,
  keptAtFirst: string | null,
): {
  readonly options: ExecutionOptions;
  /** Told what is kept with the list. */
  readonly heed: (configJson: string | null) => void;
} {
  let { maxConcurrent } = options;
  let kept = keptAtFirst;
  return {
    options: {
      ...options,
      get maxConcurrent() {
        return maxConcurrent;
      },
    },
    heed: (configJson) => {
      if (configJson === kept) return;
      kept = configJson;
      const { maxConcurrent: said } = storedOptions(configJson);
      if (typeof said === 'number' && Number.isInteger(said) && said > 0) maxConcurrent = said;
    },
  };
}
