import { PawlError } from '../domain/errors.ts';
import type { Files } from '../world/files.ts';
import type { AgentDefinition } from './agent.ts';
import { claudeCode } from './claude-code/claude-code.ts';
import { codex } from './codex/codex.ts';
import { findProgram } from './program-lookup.ts';
import { missingScript } from './script-lookup.ts';

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
 * @throws agent_missing when it is not on the PATH, or is no program; or when it is to run a script
 *   that is not there.
 */
export async function locateAgent(
  files: Files,
  agent: AgentDefinition,
  where: { readonly path: string; readonly cwd: string },
): Promise<string> {
  const argv = agent.argv('nothing');
  const [program] = argv;
  const details = { agent: agent.name, program, path: where.path };
  const found = await findProgram(files, program, where);
  if (found === null) {
    const message = `The agent's program ${program} is not on the PATH.`;
    throw new PawlError('agent_missing', message, { details });
  }
  const script = await missingScript(files, argv, where);
  if (script !== null) {
    const message = `${program} is to run ${script} as the agent, which is not in ${where.cwd}.`;
    throw new PawlError('agent_missing', message, { details: { ...details, script } });
  }
  return found;
}
