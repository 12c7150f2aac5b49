import type { AnyTool } from '../tool.ts';
import { cancelTask } from './cancel-task.ts';
import { claimNext } from './claim-next.ts';
import { completeTask } from './complete-task.ts';
import { executeTask } from './execute-task.ts';
import { getStatusTool } from './get-status.ts';
import { healthCheck } from './health-check.ts';
import { heartbeat } from './heartbeat.ts';
import { initializeSession } from './initialize-session.ts';
import { maintenanceCoordinator } from './maintenance-coordinator.ts';
import { CARE_TOOLS } from './older-care.ts';
import { planTask } from './plan-task.ts';
import { queryTasksTool } from './query-tasks.ts';
import { restartServer } from './restart-server.ts';
import { runTool } from './run.ts';
import { SESSION_TOOLS } from './sessions.ts';
import { synthesizeResults } from './synthesize-results.ts';
import { TEMPLATE_CARE_TOOLS } from './template-care.ts';
import { TEMPLATE_TOOLS } from './templates.ts';
import { updateTaskTool } from './update-task.ts';

/** The sets in which tools are offered: each has those of the one before. */
export type OfferedSet = 'core' | 'standard' | 'all';

const CORE: readonly AnyTool[] = [
  initializeSession,
  planTask,
  executeTask,
  completeTask,
  synthesizeResults,
  getStatusTool,
  claimNext,
  heartbeat,
];

const STANDARD: readonly AnyTool[] = [
  ...CORE,
  queryTasksTool,
  updateTaskTool,
  cancelTask,
  runTool,
  maintenanceCoordinator,
  healthCheck,
  restartServer,
];

const ALL: readonly AnyTool[] = [
  ...[...STANDARD, ...SESSION_TOOLS, ...CARE_TOOLS],
  ...[...TEMPLATE_TOOLS, ...TEMPLATE_CARE_TOOLS],
];

const SETS: Readonly<Record<OfferedSet, readonly AnyTool[]>> = {
  core: CORE,
  standard: STANDARD,
  all: ALL,
};

/** The tools of a set, in the order in which they are listed. */
export function toolsOf(set: OfferedSet): readonly AnyTool[] {
  return SETS[set];
}
