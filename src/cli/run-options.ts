import type { ConfigKey } from '../config/execution-config.ts';

/** The options of `pawl run`, as they were written. */
export interface RunOptions {
  readonly agent?: string;
  readonly agentCommand?: string;
  readonly concurrency?: string;
  readonly dryRun?: boolean;
  readonly minPriority?: string;
  readonly timeout?: string;
  readonly retries?: string;
  readonly retryDelay?: string;
  readonly onDepFailure?: string;
  readonly allow?: string;
  readonly promptTemplate?: string;
  /** False for `--no-write-back`. */
  readonly writeBack?: boolean;
  readonly ignoreMissing?: boolean;
  readonly join?: boolean;
  readonly watch?: boolean;
  readonly labels?: string;
  readonly agentLimit?: readonly string[];
  readonly outputMax?: string;
  readonly events?: boolean;
}

/** What was said, by the names of the settings; what was not said is left out. */
export function overridesOf(options: RunOptions): Partial<Record<ConfigKey, unknown>> {
  const said: readonly (readonly [ConfigKey, unknown])[] = [
    ['agent', options.agent],
    ['agentCommand', commandOf(options)],
    ['maxConcurrent', options.concurrency],
    ['dryRun', options.dryRun],
    ['minPriority', options.minPriority],
    ['executionTimeoutMs', options.timeout],
    ['retryAttempts', options.retries],
    ['retryDelayMs', options.retryDelay],
    ['onDepFailure', options.onDepFailure],
    ['allow', options.allow],
    ['promptTemplate', options.promptTemplate],
    ['writeBack', options.writeBack],
    ['ignoreMissing', options.ignoreMissing],
    ['watch', options.watch],
    ['labels', options.labels],
    ['agentLimits', options.agentLimit],
    ['outputBytesMax', options.outputMax],
  ];
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

/** An agent that is named now takes the place of a command that was given to an earlier run. */
function commandOf({ agent, agentCommand }: RunOptions): string | null | undefined {
  return agentCommand ?? (agent === undefined ? undefined : null);
}
