import { describe, expect, it } from 'vitest';
import { type AttemptFacts, agentProgram } from './agent-program.ts';
import { claudeCode } from './claude-code/claude-code.ts';
import { codex } from './codex/codex.ts';
import { commandAgent } from './command/command.ts';

const ATTEMPT: AttemptFacts = {
  taskUuid: '0190-uuid',
  task: { id: 'T1', section: 'Build', description: 'do "it"; now', priority: 'P2' },
  list: '/p/tasks.md',
  attempt: 2,
  fence: 7,
  workspace: '/p',
  folder: '/p/.pawl/attempts/0190-uuid/7',
};

const SETTINGS = {
  prompt: 'the prompt',
  allowance: 'nothing',
  inherited: { PATH: '/bin', PAWL_FENCE: '1' },
  timeoutMs: 1_000,
  killGraceMs: 100,
  outputBytesMax: 1_000,
} as const;

describe('the program of an attempt', () => {
  it('fills each argument by itself and hands the prompt to standard input', () => {
    const agent = commandAgent("prog -x '{task.description}' {prompt_file} f={fence}");
    expect(agentProgram(agent, ATTEMPT, SETTINGS)).toMatchObject({
      argv: ['prog', '-x', 'do "it"; now', `${ATTEMPT.folder}/prompt.md`, 'f=7'],
      cwd: '/p',
      stdin: 'the prompt',
      folder: ATTEMPT.folder,
    });
  });

  it('tells the agent by its environment what it is doing', () => {
    const { env } = agentProgram(commandAgent('prog'), ATTEMPT, SETTINGS);
    expect(env).toEqual({
      PATH: '/bin',
      PAWL_TASK_ID: 'T1',
      PAWL_TASK_UUID: '0190-uuid',
      PAWL_LIST: '/p/tasks.md',
      PAWL_ATTEMPT: '2',
      PAWL_FENCE: '7',
      PAWL_WORKSPACE: '/p',
      PAWL_ATTEMPT_DIR: ATTEMPT.folder,
      PAWL_PROMPT_FILE: `${ATTEMPT.folder}/prompt.md`,
      PAWL_RESULT_FILE: `${ATTEMPT.folder}/result.json`,
    });
  });
});

describe('a command as an agent', () => {
  it('knows how it takes its prompt', () => {
    expect(commandAgent('a {prompt}').promptVia).toBe('argument');
    expect(commandAgent('a {prompt_file}').promptVia).toBe('file');
    expect(commandAgent('a').promptVia).toBe('stdin');
  });

  it.each(['', '   ', 'a | b', 'a {no_such}', '"" x'])('refuses "%s"', (text) => {
    expect(() => commandAgent(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('says how to write what needs a shell', () => {
    expect(() => commandAgent('a | b')).toThrow(/sh -c/);
  });
});

describe('the presets', () => {
  it('never switch permissions off', () => {
    for (const agent of [claudeCode, codex]) {
      for (const allowance of ['nothing', 'edits'] as const) {
        expect(agent.argv(allowance).join(' ')).not.toMatch(/bypass|danger|skip|yolo|full-access/i);
      }
    }
  });

  it('allow edits only when told to, and otherwise say what is missing', () => {
    expect(claudeCode.argv('edits')).toContain('acceptEdits');
    expect(claudeCode.argv('nothing')).not.toContain('acceptEdits');
    expect(codex.argv('edits')).toContain('workspace-write');
    expect(codex.argv('nothing')).toContain('read-only');
    for (const agent of [claudeCode, codex]) {
      expect(agent.limits('nothing').join(' ')).toMatch(/cannot change a file.*--allow edits/);
    }
  });
});
