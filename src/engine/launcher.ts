import type { AgentDefinition, Allowance } from '../agents/agent.ts';
import { type AttemptFacts, agentEnvironment, agentProgram } from '../agents/agent-program.ts';
import { attemptPaths } from '../agents/attempt-folder.ts';
import { readOutputTail } from '../agents/program-output.ts';
import { buildPrompt } from '../agents/prompt.ts';
import { AGENTS, agentNamed, locateAgent } from '../agents/registry.ts';
import { type ReportedResult, readReportedResult } from '../agents/result-file.ts';
import type { ClaimedTask, Dependency, TaskDetail } from '../store/store.ts';
import type { World } from '../world/world.ts';
import type { ExecutionOptions } from './execution.ts';

/** Turns a claimed task into a program to start, and its result file into a report. */
export interface Launcher {
  /** @throws PawlError `agent_unknown`, `agent_missing`, `usage` (a bad template). */
  plan(input: LaunchInput): Promise<LaunchPlan>;
  /** Where, and with which environment, the attempt's `verify` command runs. Needs no agent. */
  surroundings(input: AttemptInput): Pick<LaunchPlan, 'cwd' | 'env'>;
  /** What the agent wrote into its result file. */
  report(folder: string): Promise<ReportedResult>;
  /** The end of what a former attempt wrote: told to the next one. */
  outputTail(folder: string): Promise<string>;
}

export interface AttemptInput {
  readonly task: TaskDetail;
  readonly claimed: ClaimedTask;
  readonly folder: string;
}

export interface LaunchInput extends AttemptInput {
  readonly dependencies: readonly Dependency[];
  /** How the attempt before this one ended, when it did not succeed. */
  readonly lastFailure: LastFailure | null;
}

export interface LastFailure {
  readonly outcome: 'errored' | 'lost' | 'revise';
  readonly error: string;
  readonly outputTail: string;
}

export interface LaunchPlan {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The prompt. */
  readonly stdin: string;
}

export interface LauncherParts {
  readonly world: World;
  /** The project's root, in which agents work. */
  readonly root: string;
  readonly options: ExecutionOptions;
  /** Agents beside those known by name: the one of `--agent-command`. */
  readonly extraAgents: readonly AgentDefinition[];
  readonly allowance: Allowance;
  readonly promptTemplate: string | null;
  /** What a specialist of this type is told of itself. */
  readonly roleContext: (specialistType: string) => Promise<string>;
  /** The environment that agents inherit. */
  readonly inherited: Readonly<Record<string, string>>;
}

const TAIL_BYTES = 4_096;

export function createLauncher(parts: LauncherParts): Launcher {
  const { files } = parts.world;
  return {
    plan: (input) => plan(parts, input),
    surroundings: (input) => ({
      cwd: parts.root,
      env: { ...parts.inherited, ...agentEnvironment(factsOf(parts.root, input)) },
    }),
    report: (folder) => readReportedResult(files, attemptPaths(folder).result, parts.root),
    outputTail: (folder) => readOutputTail(files, folder, TAIL_BYTES),
  };
}

async function plan(parts: LauncherParts, input: LaunchInput): Promise<LaunchPlan> {
  const { root, options, inherited, allowance } = parts;
  const { task, claimed, lastFailure: last } = input;
  const known = [...parts.extraAgents, ...AGENTS];
  const agent = agentNamed(claimed.agent ?? options.defaultAgent, known);
  await locateAgent(parts.world.files, agent, { path: inherited['PATH'] ?? '', cwd: root });
  const attempt = factsOf(root, input);
  const prompt = buildPrompt(
    {
      attempt,
      title: task.title,
      steps: task.steps,
      criteria: task.criteria,
      fields: task.fields,
      role: task.specialistType === null ? null : await parts.roleContext(task.specialistType),
      verify: task.verify === null ? null : task.verify.join(' '),
      dependencies: input.dependencies.flatMap((dependency) =>
        dependency.status === 'completed'
          ? [
              {
                id: dependency.taskId,
                description: dependency.description ?? '',
                summary: dependency.resultSummary,
              },
            ]
          : [],
      ),
      lastFailure:
        last === null || last.outcome === 'revise'
          ? null
          : { reason: last.error, outputTail: last.outputTail },
      revision: last?.outcome === 'revise' ? last.error : null,
    },
    parts.promptTemplate ?? undefined,
  );
  const { executionTimeoutMs: timeoutMs, killGraceMs, outputBytesMax } = options;
  const limits = { timeoutMs, killGraceMs, outputBytesMax };
  const { argv, cwd, env } = agentProgram(agent, attempt, {
    prompt,
    allowance,
    inherited,
    ...limits,
  });
  return { argv, cwd, env, stdin: prompt };
}

function factsOf(root: string, { task, claimed, folder }: AttemptInput): AttemptFacts {
  return {
    taskUuid: task.id,
    task: {
      id: task.taskId,
      section: task.section ?? '',
      description: task.description,
      priority: task.priority,
    },
    list: task.list,
    attempt: claimed.attempt,
    fence: claimed.fence,
    workspace: root,
    folder,
  };
}
