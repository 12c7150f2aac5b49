import type { Finding } from '../../domain/tasklist/model.ts';

/** Findings that say the same: with more of them nobody sees the others. */
export const EQUAL_FINDINGS_MAX = 3;
/** Runs of lines that one finding names. */
const RUNS_MAX = 100;

/**
 * Make one finding of more than three that say the same, at the first one's place and with all
 * their lines in its message. Errors stay as they are. `findings` are in the order of the file.
 */
export function joinEqualFindings(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ code, message, remedy }) =>
    JSON.stringify([code, message, remedy]),
  );
  return [...groups.values()]
    .flatMap((group) => (isMany(group) ? [joined(group)] : group))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function isMany(group: readonly Finding[]): boolean {
  return group.length > EQUAL_FINDINGS_MAX && group[0]?.severity !== 'error';
}

function joined(group: readonly Finding[]): Finding {
  const first = group[0] as Finding;
  const lines = runsOf(group.map(({ line }) => line));
  const shown = lines.slice(0, RUNS_MAX).join(', ') + (lines.length > RUNS_MAX ? ', ...' : '');
  const message = `${first.message} (${group.length} times: lines ${shown})`;
  const isOfOne = group.every(({ taskId }) => taskId === first.taskId);
  return { ...first, message, taskId: isOfOne ? first.taskId : null };
}

/** `4-9`, `12`. */
function runsOf(lines: readonly number[]): readonly string[] {
  const runs: { readonly from: number; to: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last !== undefined && line <= last.to + 1) last.to = line;
    else runs.push({ from: line, to: line });
  }
  return runs.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
}
