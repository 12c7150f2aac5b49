import type { AgentDefinition } from '../agent.ts';

/**
 * Claude Code, without a terminal (`-p`). It reads the prompt from standard input. The permission
 * mode is always written out, so that it does not depend on a default; what the user's own settings
 * allow stays allowed. Flags as in Claude Code 2.1.197.
 */
export const claudeCode: AgentDefinition = {
  name: 'claude',
  describe: 'Claude Code: claude -p',
  promptVia: 'stdin',
  argv: (allowance) => [
    'claude',
    '-p',
    '--permission-mode',
    allowance === 'edits' ? 'acceptEdits' : 'default',
  ],
  limits: (allowance) =>
    allowance === 'edits'
      ? [
          'claude may change files of the project, but run only commands that your Claude Code ' +
            'settings allow (permissions.allow): all else is refused, as there is nobody to ask.',
        ]
      : [
          'claude may only read: it cannot change a file or run a command unless your Claude ' +
            'Code settings allow it. With --allow edits it may change files of the project.',
        ],
};
