import type { CheckedList } from '../../operations/check-task-list.ts';

/** Findings as a workflow of GitHub shows them beside the lines of a pull request. */
export function annotationLines({
  name,
  findings,
}: Pick<CheckedList, 'findings'> & { readonly name: string }): readonly string[] {
  return findings.map(({ severity, code, line, column, length, message, remedy }) => {
    const kind = severity === 'info' ? 'notice' : severity;
    const place = line === 0 ? '' : `,line=${line},col=${column},endColumn=${column + length}`;
    const head = `::${kind} file=${property(name)}${place},title=${property(code)}`;
    return `${head}::${value(`${message}\n${remedy}`.trim())}`;
  });
}

function value(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return value(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
