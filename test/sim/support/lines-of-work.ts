/** A line that holds a check box, or a row whose first cell is an id. */
export interface LineOfWork {
  /** 1-based. */
  readonly line: number;
  /** Behind the box, or the id. */
  readonly words: string;
  /** The line of the box that it stands below, indented. */
  readonly within: number | null;
}

/**
 * Deliberately simple: looks at one line after the other, and knows of nothing but fences, comments
 * and front matter, in which nothing is work.
 */
export function linesOfWork(text: string): readonly LineOfWork[] {
  const found: (LineOfWork & { readonly indent: number })[] = [];
  let hidden: RegExp | null = null;
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (hidden !== null) {
      if (hidden.test(line)) hidden = null;
      continue;
    }
    if (index === 0 && line === '---') hidden = /^---$/;
    else if (/^[\s>]*```/.test(line)) hidden = /^[\s>]*```\s*$/;
    else if (/^\s*<!--/.test(line) && !line.includes('-->')) hidden = /-->/;
    if (hidden !== null || line.includes('<!--')) continue;
    const words = (BOX.exec(line) ?? ROW.exec(line))?.[1];
    if (words === undefined) continue;
    const indent = indentOf(line);
    const outer = found.findLast((one) => one.indent < indent);
    const within = line.trimStart().startsWith('|') ? null : (outer?.line ?? null);
    found.push({ line: index + 1, words: words.trim(), within, indent });
  }
  return found;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
const BOX = /^[\s>]*(?:[-*+]|\d{1,9}[.)])\s+\[[ xX~!-]\]\*?\s+(\S.*)$/;
const ROW = /^[\s>]*\|\s*([A-Z]{1,6}-\d{1,4})\s*\|/;
