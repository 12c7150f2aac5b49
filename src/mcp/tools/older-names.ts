import { type OfferedSet, toolsOf } from './tools.ts';

/**
 * Names that documents and modules of the older server have, and no release of it ever offered:
 * what to call instead.
 */
export const NEVER_OFFERED: Readonly<Record<string, string>> = {
  orchestrator_create_task: 'orchestrator_plan_task',
  orchestrator_create_generic_task: 'orchestrator_plan_task',
  orchestrator_create_from_template: 'template_instantiate',
  orchestrator_manage_dependencies: 'orchestrator_update_task with dependencies',
  orchestrator_manage_lifecycle: 'orchestrator_update_task with status',
  orchestrator_complete_subtask_enhanced: 'orchestrator_complete_task',
  orchestrator_list_partial_artifacts: 'orchestrator_query_tasks with task_id',
  orchestrator_resume_partial_artifact: 'orchestrator_heartbeat with append',
  orchestrator_continue_partial_artifact: 'orchestrator_heartbeat with append',
  orchestrator_cleanup_partial_artifacts: 'orchestrator_maintenance_coordinator',
  orchestrator_migration_status: 'orchestrator_health_check',
  orchestrator_database_health: 'orchestrator_health_check',
};

/** What to tell who calls a tool that is not there, where it may have been meant; else null. */
export function adviceOn(name: string, set: OfferedSet): string | null {
  if (Object.hasOwn(NEVER_OFFERED, name)) return `Call ${NEVER_OFFERED[name]} instead.`;
  const isOf = (wider: OfferedSet): boolean =>
    toolsOf(wider).some((tool) => tool.name === name || tool.aliases?.includes(name));
  const wider = (['standard', 'all'] as const).find(isOf);
  if (wider === undefined || isOf(set)) return null;
  return `A person can offer it with PAWL_TOOLS=${wider} in this server’s environment.`;
}
