/** A kind of agent that Pawl knows how to start. */
export interface AgentDefinition {
  readonly name: string;
  /** One line for `pawl doctor` and the docs. */
  readonly describe: string;
  /**
   * How the prompt reaches it. It always comes on standard input too, so this only says what the
   * agent reads.
   */
  readonly promptVia: 'stdin' | 'argument' | 'file';
  /** The argument vector, with placeholders; see `template.ts`. */
  argv(allowance: Allowance): ArgumentVector;
  /** What it will not be able to do, one sentence each, to be shown before it is started. */
  limits(allowance: Allowance): readonly string[];
}

/** What the user allowed beyond reading: `--allow edits` maps to the least that each agent has. */
export type Allowance = 'nothing' | 'edits';

export type ArgumentVector = readonly [string, ...string[]];
