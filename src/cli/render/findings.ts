import type { Finding } from '../../domain/tasklist/model.ts';
import { sourceExcerpt } from './source-excerpt.ts';
import type { LineStyle } from './task-lines.ts';
import type { Tone } from './terminal.ts';
import { oneLine } from './text-width.ts';

/** The file that findings are about. */
export interface FindingSource {
  /** As a person knows it. */
  readonly name: string;
  /** Null when it could not be read (again): then no line of it is shown. */
  readonly text: string | null;
}

const TONES: Readonly<Record<Finding['severity'], Tone>> = {
  error: 'bad',
  warning: 'warn',
  info: 'note',
};

const WORDS: Readonly<Record<Finding['severity'], string>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};

/**
 * Findings as a compiler prints them: what, where, the line with what is meant underlined, and what
 * to do about it. Each ends with an empty line.
 */
export function findingLines(
  findings: readonly Finding[],
  { name, text }: FindingSource,
  style: LineStyle,
): readonly string[] {
  const lines = findings.length === 0 ? [] : (text?.split(/\r\n|\r|\n/) ?? []);
  return findings.flatMap((finding) => {
    const source = finding.line === 0 ? undefined : lines[finding.line - 1];
    return oneFinding(finding, { name, source }, style);
  });
}

function oneFinding(
  finding: Finding,
  { name, source }: { readonly name: string; readonly source: string | undefined },
  style: LineStyle,
): readonly string[] {
  const { paint } = style;
  const { severity, code, line, column, message, remedy } = finding;
  const head = paint(TONES[severity], `${WORDS[severity]}[${code}]`);
  const gutter = ' '.repeat(String(line).length);
  const place = line === 0 ? name : `${name}:${line}:${column}`;
  return [
    `${head}${paint('strong', `: ${oneLine(message)}`)}`,
    `${gutter}${paint('dim', '-->')} ${place}`,
    ...(source === undefined ? [] : excerptLines(finding, source, style)),
    ...(remedy === '' ? [] : [`${gutter} ${paint('dim', '=')} ${oneLine(remedy)}`]),
    '',
  ];
}

function excerptLines(
  finding: Finding,
  source: string,
  { width, paint }: LineStyle,
): readonly string[] {
  const number = String(finding.line);
  const gutter = ' '.repeat(number.length);
  const room = Math.max(ROOM_MIN, width - number.length - 3);
  const { text, indent, underline } = sourceExcerpt(source, finding, room);
  const bar = paint('dim', '|');
  const carets = paint(TONES[finding.severity], '^'.repeat(underline));
  return [
    `${gutter} ${bar}`,
    `${paint('dim', number)} ${bar} ${text}`.trimEnd(),
    `${gutter} ${bar} ${' '.repeat(indent)}${carets}`,
  ];
}

const ROOM_MIN = 20;
