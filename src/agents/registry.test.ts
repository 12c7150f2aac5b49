import { describe, expect, it } from 'vitest';
import { systemFiles } from '../world/system-files.ts';
import { claudeCode } from './claude-code/claude-code.ts';
import { commandAgent } from './command/command.ts';
import { AGENTS, agentNamed, locateAgent } from './registry.ts';

describe('the registry of agents', () => {
  it('finds an agent by its name', () => {
    expect(agentNamed('claude')).toBe(claudeCode);
  });

  it('names each agent once', () => {
    const names = AGENTS.map((agent) => agent.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('lists the known ones when asked for another', () => {
    expect(() => agentNamed('claud')).toThrow(
      expect.objectContaining({
        code: 'agent_unknown',
        message: 'No agent is called claud; known: claude, codex.',
      }),
    );
  });

  it('finds the program of an agent on the given PATH, or says it is missing', async () => {
    const agent = commandAgent('sh -c true');
    const cwd = '/';
    expect(await locateAgent(systemFiles, agent, { path: '/nowhere:/bin', cwd })).toBe('/bin/sh');
    await expect(locateAgent(systemFiles, agent, { path: '/nowhere', cwd })).rejects.toThrow(
      expect.objectContaining({ code: 'agent_missing' }),
    );
  });
});
