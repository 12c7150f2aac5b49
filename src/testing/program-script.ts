/**
 * What a simulated program does. Everything has a default: a script of nothing is a program that
 * succeeds at once and says nothing.
 */
export interface ProgramScript {
  /** How long it works, in milliseconds. `Infinity`: until it is ended. Default 0. */
  readonly takesMs?: number;
  /** Its exit code when it ends by itself. Default 0. */
  readonly code?: number;
  /** Written when it starts. */
  readonly output?: string;
  /** What it reports: becomes the attempt's `result.json` just before it ends by itself. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** At SIGTERM: `ends` (default), or `ignores` it until it is killed. */
  readonly onTerm?: 'ends' | 'ignores';
  /**
   * `ends` (default) · `is-lost`: after `takesMs` its attendant dies without a record, and it with
   * it · `cannot-start`: there is no such program.
   */
  readonly fate?: 'ends' | 'is-lost' | 'cannot-start';
}
