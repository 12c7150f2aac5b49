import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** What stands in a file, and what is to stand there instead. */
export type Change = readonly [from: string | RegExp, to: string];

/** A file as it would be with other words in it; that they are found is made sure. */
export function rewritten(path: string, changes: readonly Change[]): Plugin {
  return {
    name: `${path} rewritten`,
    setup: (build) => {
      build.onLoad({ filter: new RegExp(`/${path.replaceAll('.', '\\.')}$`) }, ({ path: file }) => {
        const contents = withChanges(readFileSync(file, 'utf8'), { path, changes });
        return { contents, loader: 'ts' };
      });
    },
  };
}

/** The text of a file with these changes; that each finds something is made sure. */
export function withChanges(
  text: string,
  { path, changes }: { readonly path: string; readonly changes: readonly Change[] },
): string {
  let changed = text;
  for (const [from, to] of changes) {
    const now = changed.replace(from, to);
    if (now === changed) throw new Error(`${path} does not say ${from}`);
    changed = now;
  }
  return changed;
}
