import { PawlError } from '../../domain/errors.ts';
import type { AgentDefinition, ArgumentVector } from '../agent.ts';
import { splitCommand } from '../split-command.ts';
import { checkTemplate, mentions } from '../template.ts';

/**
 * Any program as an agent, from the text of `--agent-command`, such as `prog arg {prompt_file}`.
 *
 * @throws usage when it is empty, needs a shell, or has an unknown placeholder.
 */
export function commandAgent(text: string): AgentDefinition {
  return argumentsAgent(argumentsOf(text));
}

/**
 * The same from an argument vector that is split already.
 *
 * @throws usage for an unknown placeholder.
 */
export function argumentsAgent(argv: ArgumentVector): AgentDefinition {
  for (const element of argv) checkTemplate(element);
  return {
    name: 'command',
    describe: `The command ${argv.join(' ')}`,
    promptVia: mentions(argv, 'prompt')
      ? 'argument'
      : mentions(argv, 'prompt_file')
        ? 'file'
        : 'stdin',
    argv: () => argv,
    limits: () => [],
  };
}

function argumentsOf(text: string): ArgumentVector {
  const split = splitCommand(text);
  if (!split.ok) {
    throw new PawlError(
      'usage',
      `The agent command is run without a shell, which ${split.operator} would need. ` +
        "Close or quote it, or name a shell: sh -c '...'",
      { details: { command: text, operator: split.operator } },
    );
  }
  const [program, ...rest] = split.argv;
  if (program === undefined || program === '') {
    throw new PawlError('usage', 'The agent command is empty.', { details: { command: text } });
  }
  return [program, ...rest];
}
