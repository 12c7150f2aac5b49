import type { Invocation } from './invocation.ts';
import { envelope } from './render/envelope.ts';

/** Print what a command found: as JSON alone, or as lines for a person. */
export function answer(
  { json, terminal }: Invocation,
  kind: string,
  data: unknown,
  lines: () => readonly string[],
): void {
  if (json) terminal.out(envelope(kind, data));
  else for (const line of lines()) terminal.out(line);
}
