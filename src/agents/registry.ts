import { PawlError } from '../domain/errors.ts';
import type { Files } from '../world/files.ts';
import type { AgentDefinition } from './agent.ts';
import { claudeCode } from './claude-code/claude-code.ts';
import { codex } from './codex/codex.ts';
import { findProgram } from './program-lookup.ts';

/** The agents that are known by name. A new one is a folder beside these and a line here. */
export const AGENTS: readonly AgentDefinition[] = [claudeCode, codex];

/**
 * The agent of that name.
 *
 * @throws agent_unknown with the known ones.
 */
export function agentNamed(
  name: string,
  known: readonly AgentDefinition[] = AGENTS,
): AgentDefinition {
  const found = known.find((agent) => agent.name === name);
  if (found !== undefined) return found;
  const names = known.map((agent) => agent.name);
  throw new PawlError('agent_unknown', `No agent is called ${name}; known: ${names.join(', ')}.`, {
    details: { name, known: names },
  });
}

/**
 * Where the agent's program is. Its name holds no placeholder that matters here: the program itself
 * is never a value of the task.
 *
 * @throws agent_missing when it is not on the PATH, or is no program.
 */
export async function locateAgent(
  files: Files,
  agent: AgentDefinition,
  where: { readonly path: string; readonly cwd: string },
): Promise<string> {
  const [program] = agent.argv('nothing');
  const found = await findProgram(files, program, where);
  if (found !== null) return found;
  throw new PawlError('agent_missing', `The agent's program ${program} is not on the PATH.`, {
    details: { agent: agent.name, program, path: where.path },
  });
}
