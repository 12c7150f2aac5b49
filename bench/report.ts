import type { Figure, Section } from './figure.ts';
import type { Machine } from './machine.ts';

export interface Measured {
  readonly section: Section;
  readonly figures: readonly Figure[];
}

const HEADS = ['', 'measured', 'beside', 'ratio', 'goal', ''] as const;

/** For a terminal: columns of equal width. */
export function tableText(figures: readonly Figure[]): string {
  const rows = figures.map(cells);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return [HEADS, ...rows]
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `docs/reference/performance.md`, whole. */
export function reportPage(input: {
  readonly machine: Machine;
  readonly measured: readonly Measured[];
  readonly onDate: string;
}): string {
  const { machine, measured, onDate } = input;
  return [
    '# Performance: measured, against its floor and its goal',
    '',
    'Written by `npm run bench`; do not edit. One section alone: `npm run bench -- store` (that',
    'prints and writes nothing).',
    '',
    '## Where and how',
    '',
    '| | |',
    '|---|---|',
    `| date | ${onDate} |`,
    `| processors | ${machine.cpu} |`,
    `| memory | ${machine.memory} |`,
    `| system | ${machine.system} |`,
    `| Node | ${machine.node} |`,
    `| SQLite | ${machine.sqlite}, through \`node:sqlite\` |`,
    '| settings | `journal_mode=WAL`, `foreign_keys=ON`, `busy_timeout=0`, `temp_store=MEMORY`; ' +
      'each commit flushed before its answer (floors on SQLite: `synchronous=FULL`) |',
    `| one write and fsync of 4 KiB | ${machine.fsync} (median) |`,
    `| load of the machine in the minute before | ${machine.load} |`,
    '',
    'Compare ratios, not figures: each stands beside a floor that was measured in the same run, in',
    'alternating rounds, on the same disk. Where the fsync above is a fraction of a millisecond,',
    'the disk (or what stands in for it) is faster than that of a laptop, which takes 0.5 to 5 ms;',
    'with such a disk the absolute rates are lower, and what group commit brings is more. Where',
    'other work shared the processors (a load above 0.5), the 99th percentiles are mostly its',
    'doing.',
    '',
    ...measured.flatMap((one) => sectionLines(one)),
    ...missesOf(measured),
  ].join('\n');
}

/**
 * The page with one section measured anew, in its place, or behind the others when it had none. It
 * says itself when it was measured, and what it missed.
 */
export function withSection(
  page: string,
  measured: Measured,
  { machine, onDate }: { readonly machine: Machine; readonly onDate: string },
): string {
  const when =
    `Measured by itself on ${onDate} with Node ${machine.node}: load ${machine.load} in the ` +
    `minute before, one write and fsync of 4 KiB ${machine.fsync}.`;
  const misses = missesOf([measured]).filter((line) => line.startsWith('- '));
  const lines = [
    ...sectionLines(measured, when),
    ...(misses.length === 0 ? [] : ['Missed:', '', ...misses, '']),
  ];
  const head = `## ${measured.section.title}\n`;
  const end = /\n(?=## |Every goal was met)/g;
  const from = page.indexOf(head);
  if (from >= 0) {
    end.lastIndex = from + head.length;
    const to = end.exec(page)?.index ?? page.length;
    return `${page.slice(0, from)}${lines.join('\n')}${page.slice(to + 1)}`;
  }
  const tail = /\n(?=## Missed in this run|Every goal was met)/.exec(page)?.index ?? page.length;
  return `${page.slice(0, tail + 1)}${lines.join('\n')}\n${page.slice(tail + 1)}`;
}

function sectionLines({ section, figures }: Measured, when?: string): readonly string[] {
  return [
    `## ${section.title}`,
    '',
    section.about,
    '',
    ...(when === undefined ? [] : [when, '']),
    '| | measured | beside | ratio | goal | |',
    '|---|---|---|---|---|---|',
    ...figures.map((figure) => `| ${cells(figure).join(' | ')} |`),
    '',
  ];
}

function missesOf(measured: readonly Measured[]): readonly string[] {
  const misses = measured.flatMap(({ figures }) => figures.filter(({ met }) => met === false));
  if (misses.length === 0) return ['Every goal was met in the run of all sections.', ''];
  return [
    '## Missed in this run',
    '',
    ...misses.map(({ what, ratio, goal }) => `- ${what}: ${ratio}, the goal was ${goal}.`),
    '',
  ];
}

function cells(figure: Figure): readonly string[] {
  const { what, measured, beside, ratio, goal, met } = figure;
  return [what, measured, beside, ratio, goal, met === null ? '' : met ? 'met' : 'MISSED'];
}
