import { PawlError } from '../domain/errors.ts';

/** Which tools an MCP client is shown: the fewest, those of daily work, or every one there is. */
export const TOOL_SETS = ['core', 'standard', 'all'] as const;

export type ToolSet = (typeof TOOL_SETS)[number];

/**
 * The set that `PAWL_TOOLS` names; `standard` when it names none.
 *
 * @throws PawlError `config_invalid`.
 */
export function readToolSet(environment: Readonly<Record<string, string>>): ToolSet {
  const said = environment['PAWL_TOOLS']?.trim() ?? '';
  if (said === '') return 'standard';
  const found = TOOL_SETS.find((set) => set === said.toLowerCase());
  if (found !== undefined) return found;
  throw new PawlError('config_invalid', `PAWL_TOOLS is ${said}; it may be ${TOOL_SETS.join(', ')}`);
}
