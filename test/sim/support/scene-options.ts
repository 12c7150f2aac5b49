import { argumentsAgent } from '../../../src/agents/command/command.ts';
import type { ExecutionOptions } from '../../../src/engine/execution.ts';
import type { Store } from '../../../src/store/store.ts';
import type { ScriptedPrograms, Simulation } from '../../../src/testing.ts';

/** What an executor needs of the scene that it plays in. */
export interface SceneParts {
  readonly simulation: Simulation;
  readonly store: Store;
  readonly programs: ScriptedPrograms;
  readonly options: ExecutionOptions;
  readonly listId: string;
}

export const ATTEMPTS_DIR = '/project/.pawl/attempts';

/** Agents that a scene's tasks may name. */
const AGENT_NAMES = ['command', 'other'];
export const SCENE_AGENTS = AGENT_NAMES.map((name) => ({
  ...argumentsAgent(['/bin/agent', '{task.id}']),
  name,
}));

export const SCENE_OPTIONS: ExecutionOptions = {
  maxConcurrent: 3,
  minPriority: 'P4',
  defaultAgent: 'command',
  agentLimits: {},
  labels: null,
  executionTimeoutMs: 3_600_000,
  retry: {
    attemptsMax: 3,
    crashesMax: 3,
    revisionsMax: 3,
    retryDelayMs: 5_000,
    retryDelayMaxMs: 300_000,
  },
  leaseMs: 60_000,
  heartbeatMs: 15_000,
  sweepMs: 10_000,
  killGraceMs: 2_000,
  outputBytesMax: 1_000_000,
};
