import type { AgentDefinition } from '../agents/agent.ts';
import { argumentsAgent } from '../agents/command/command.ts';
import { AGENTS, agentNamed, locateAgent } from '../agents/registry.ts';
import { environment } from '../config/environment.ts';
import type { ExecutionConfig } from '../config/execution-config.ts';
import { isPawlError, PawlError } from '../domain/errors.ts';
import type { World } from '../world/world.ts';

/** The agents known by name, each with the path of its program where it is installed. */
export async function findAgents(
  world: World,
  root: string,
): Promise<readonly { readonly name: string; readonly path: string | null }[]> {
  const where = { path: environment()['PATH'] ?? '', cwd: root };
  return await Promise.all(
    AGENTS.map(async (agent) => {
      try {
        return { name: agent.name, path: await locateAgent(world.files, agent, where) };
      } catch (error) {
        if (!isPawlError(error, 'agent_missing')) throw error;
        return { name: agent.name, path: null };
      }
    }),
  );
}

/**
 * Make sure before anything is started that the default agent can be; otherwise every task would
 * fail for the same reason. Gives what the agent will not be able to do, in sentences.
 *
 * @throws PawlError `agent_unknown`, `agent_missing`, `usage` (an unknown placeholder).
 */
export async function requireAgent(
  world: World,
  root: string,
  config: Pick<ExecutionConfig, 'agent' | 'agentCommand' | 'allow'>,
): Promise<readonly string[]> {
  const where = { path: environment()['PATH'] ?? '', cwd: root };
  const agent =
    config.agentCommand === null ? agentNamed(config.agent) : commandOf(config.agentCommand);
  await locateAgent(world.files, agent, where);
  return agent.limits(config.allow);
}

/**
 * Of the agents that a list's tasks may ask for, those that cannot be started, by name, each with
 * what is wrong.
 */
export async function missingAgents(
  world: World,
  where: { readonly path: string; readonly cwd: string },
  wish: {
    readonly defaultAgent: string;
    readonly extraAgents: readonly AgentDefinition[];
    /** Named by tasks of it. */
    readonly asked: readonly string[];
  },
): Promise<ReadonlyMap<string, PawlError>> {
  const known = [...wish.extraAgents, ...AGENTS];
  const names = new Set([wish.defaultAgent, ...wish.asked, ...known.map(({ name }) => name)]);
  const missing = new Map<string, PawlError>();
  for (const name of names) {
    try {
      await locateAgent(world.files, agentNamed(name, known), where);
    } catch (error) {
      if (!isPawlError(error)) throw error;
      missing.set(name, error);
    }
  }
  return missing;
}

/**
 * The agent of `--agent-command`.
 *
 * @throws PawlError `usage` when it is empty or has an unknown placeholder.
 */
export function commandOf([program, ...args]: readonly string[]): AgentDefinition {
  if (program === undefined) throw new PawlError('usage', 'the agent command is empty');
  return argumentsAgent([program, ...args]);
}
