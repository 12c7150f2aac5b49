import type { AgentDefinition } from '../agent.ts';

/**
 * Codex, without a terminal (`codex exec`). `-` makes it read the prompt from standard input; the
 * sandbox is always written out. Flags as in codex-cli 0.169.0.
 */
export const codex: AgentDefinition = {
  name: 'codex',
  describe: 'Codex: codex exec',
  promptVia: 'stdin',
  argv: (allowance) => [
    'codex',
    'exec',
    '--sandbox',
    allowance === 'edits' ? 'workspace-write' : 'read-only',
    '--color',
    'never',
    '-',
  ],
  limits: (allowance) => [
    allowance === 'edits'
      ? 'codex may write in the project only, and by default has no network.'
      : 'codex may only read: it cannot change a file. With --allow edits it may, in the project.',
    'codex refuses a folder that is no Git repository and that you have not told it to trust.',
  ],
};
