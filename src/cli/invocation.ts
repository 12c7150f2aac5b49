import type { Terminal } from './render/terminal.ts';

/** What every command is told besides its own arguments. */
export interface Invocation {
  /** The folder to work in, absolute. */
  readonly dir: string;
  /** `--list`, absolute; null when it was not given. */
  readonly listPath: string | null;
  readonly json: boolean;
  /** How this command is called in hints: `pawl`, with the folder when one was given. */
  readonly command: string;
  readonly terminal: Terminal;
}
