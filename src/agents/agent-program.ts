import type { AgentDefinition, Allowance } from './agent.ts';
import { attemptPaths } from './attempt-folder.ts';
import type { ProgramSpec } from './runner.ts';
import { fillArguments, type TemplateValues } from './template.ts';

/** What an attempt is about, as far as its agent is told. */
export interface AttemptFacts {
  /** The task's id in the store. */
  readonly taskUuid: string;
  readonly task: {
    readonly id: string;
    readonly section: string;
    readonly description: string;
    readonly priority: string;
  };
  /** `task_list_path`. */
  readonly list: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly fence: number;
  /** The project's root, in which the agent works. */
  readonly workspace: string;
  /** The attempt's folder. */
  readonly folder: string;
}

/** What to run so that `agent` makes this attempt. Pure. */
export function agentProgram(
  agent: AgentDefinition,
  attempt: AttemptFacts,
  settings: {
    readonly prompt: string;
    readonly allowance: Allowance;
    /** The environment to build on. */
    readonly inherited: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly killGraceMs: number;
    readonly outputBytesMax: number;
  },
): ProgramSpec {
  return {
    folder: attempt.folder,
    argv: fillArguments(agent.argv(settings.allowance), templateValues(attempt, settings.prompt)),
    cwd: attempt.workspace,
    env: { ...settings.inherited, ...agentEnvironment(attempt) },
    stdin: settings.prompt,
    timeoutMs: settings.timeoutMs,
    killGraceMs: settings.killGraceMs,
    outputBytesMax: settings.outputBytesMax,
  };
}

/** The variables that tell an agent, and what it starts, what it is doing. A public contract. */
export function agentEnvironment(attempt: AttemptFacts): Readonly<Record<string, string>> {
  const paths = attemptPaths(attempt.folder);
  return {
    PAWL_TASK_ID: attempt.task.id,
    PAWL_TASK_UUID: attempt.taskUuid,
    PAWL_LIST: attempt.list,
    PAWL_ATTEMPT: String(attempt.attempt),
    PAWL_FENCE: String(attempt.fence),
    PAWL_WORKSPACE: attempt.workspace,
    PAWL_ATTEMPT_DIR: attempt.folder,
    PAWL_PROMPT_FILE: paths.prompt,
    PAWL_RESULT_FILE: paths.result,
  };
}

export function templateValues(attempt: AttemptFacts, prompt: string): TemplateValues {
  const paths = attemptPaths(attempt.folder);
  return {
    prompt,
    prompt_file: paths.prompt,
    'task.id': attempt.task.id,
    'task.section': attempt.task.section,
    'task.description': attempt.task.description,
    'task.priority': attempt.task.priority,
    list: attempt.list,
    attempt: String(attempt.attempt),
    fence: String(attempt.fence),
    result_file: paths.result,
    workspace: attempt.workspace,
  };
}
