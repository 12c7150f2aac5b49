import type { FenceBlock } from './outline.ts';
import { frontMatterEnd, lineStarts, unixLines } from './source-text.ts';

/** The front matter of a file as the block of YAML that it is; null where there is none. */
export function frontMatter(text: string): FenceBlock | null {
  const plain = unixLines(text);
  const end = frontMatterEnd(plain);
  if (end === 0) return null;
  const written = plain.slice(0, end).split('\n').slice(1, -1);
  const starts = lineStarts(plain);
  const lines = written.map((_, index) => {
    const start = starts[index + 1] as number;
    return { line: index + 2, start, lineStart: start };
  });
  return { kind: 'fence', line: 1, info: 'yaml', content: `${written.join('\n')}\n`, lines };
}
