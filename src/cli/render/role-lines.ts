import type { ListedRoles } from '../../operations/list-roles.ts';
import type { LineStyle } from './task-lines.ts';
import { clip, oneLine, pad, textWidth } from './text-width.ts';

/** One line each: the name, whose it is, and how it begins. */
export function roleLines(roles: ListedRoles['roles'], style: LineStyle): readonly string[] {
  const width = roles.reduce((most, { name }) => Math.max(most, textWidth(name)), 4);
  return roles.map(({ name, definition, origins }) => {
    const changed = Object.values(origins).some((origin) => origin !== 'built-in');
    const head = `${style.paint('strong', pad(name, width))}  ${changed ? '*' : ' '} `;
    const room = Math.max(10, style.width - width - 4);
    return head + clip(oneLine(definition), room);
  });
}

/** What is amiss in role files, each with its place and remedy. */
export function roleFindingLines(
  findings: ListedRoles['findings'],
  { paint }: LineStyle,
): readonly string[] {
  return findings.flatMap(({ code, file, line, message, remedy }) => {
    const place = file === null ? '' : ` ${file}${line === null ? '' : `:${line}`}`;
    return ['', `${paint('warn', `warning[${code}]`)}${place}: ${oneLine(message)}`, `  ${remedy}`];
  });
}
