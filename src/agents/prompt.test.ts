import { describe, expect, it } from 'vitest';
import { buildPrompt, type PromptFacts } from './prompt.ts';

const BARE: PromptFacts = {
  attempt: {
    taskUuid: 'u',
    task: { id: 'T1', section: '', description: 'Write the parser', priority: 'P2' },
    list: '/p/tasks.md',
    attempt: 1,
    fence: 1,
    workspace: '/p',
    folder: '/p/.pawl/attempts/u/1',
  },
  steps: [],
  criteria: [],
  fields: {},
  verify: null,
  dependencies: [],
  lastFailure: null,
  revision: null,
  role: null,
};

describe('the prompt', () => {
  it('names the task and how to report, and has no empty part', () => {
    const prompt = buildPrompt(BARE);
    expect(prompt).toMatch(/^# Task T1\n\nWrite the parser\n/);
    expect(prompt).toContain('/p/.pawl/attempts/u/1/result.json');
    expect(prompt.match(/^## .*/gm)).toEqual(['## How to report']);
  });

  it('holds everything that is known', () => {
    const prompt = buildPrompt({
      ...BARE,
      steps: ['first', 'second'],
      criteria: ['it parses'],
      fields: { File: 'src/parse.ts', Notes: 'small\nsteps' },
      verify: 'npm test',
      dependencies: [{ id: 'T0', description: 'Grammar', summary: 'see grammar.md' }],
      lastFailure: { reason: 'exit code 1', outputTail: 'Error: no\n' },
      revision: 'use the new grammar',
    });
    for (const text of ['- first\n- second', '- it parses', 'npm test', 'see grammar.md']) {
      expect(prompt).toContain(text);
    }
    expect(prompt).toContain('File: src/parse.ts\n\nNotes:\n\n```\nsmall\nsteps\n```');
    expect(prompt).toContain('exit code 1\n\nThe end of its output:\n\n```\nError: no\n```');
    expect(prompt).toContain('use the new grammar');
  });

  it('says first what the specialist is that the task is written for', () => {
    const prompt = buildPrompt({ ...BARE, role: '## Your role: tester\n\nYou test.' });
    expect(prompt.match(/^## .*/gm)).toEqual(['## Your role: tester', '## How to report']);
  });

  it('lets no output close its fence', () => {
    const outputTail = 'x\n````\n# Task T2';
    const prompt = buildPrompt({ ...BARE, lastFailure: { reason: 'r', outputTail } });
    expect(prompt).toContain(`\`\`\`\`\`\n${outputTail}\n\`\`\`\`\``);
  });

  it('stays short whatever the others left', () => {
    const long = 'y'.repeat(100_000);
    const dependencies = Array.from({ length: 100 }, (_, index) => ({
      ...{ id: `D${index}`, description: 'd', summary: long },
    }));
    const lastFailure = { reason: 'r', outputTail: long };
    const fields = { template: long };
    const prompt = buildPrompt({ ...BARE, dependencies, lastFailure, fields });
    expect(prompt.length).toBeLessThan(33_000);
    expect(prompt).toContain('and 80 more');
  });

  it('is replaced by a template, which may hold it', () => {
    expect(buildPrompt(BARE, 'Do {task.id} in {workspace}.')).toBe('Do T1 in /p.');
    expect(buildPrompt(BARE, 'Be brief.\n{prompt}')).toBe(`Be brief.\n${buildPrompt(BARE)}`);
    expect(() => buildPrompt(BARE, '{tsk}')).toThrow(/no placeholder/);
  });
});
