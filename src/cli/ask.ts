import { stderr, stdin } from 'node:process';
import { createInterface } from 'node:readline/promises';
import type { Terminal } from './render/terminal.ts';

/** A question that yes or no answers. Where nobody can be asked the answer is no. */
export async function ask({ canAsk }: Terminal, question: string): Promise<boolean> {
  if (!canAsk) return false;
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
