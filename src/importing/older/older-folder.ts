/** Where the older orchestrator keeps its state, in a project. */
export const OLDER_FOLDER = '.task_orchestrator';
