import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import type { ImportReport, PlanReport, SourceReport } from '../../operations/import-source.ts';
import type { Paint } from './terminal.ts';
import { oneLine } from './text-width.ts';

/** Findings of one kind that are shown one by one. */
const FINDINGS_SHOWN = 20;

/** What an import did, or would do, for people. */
export function importLines({ dryRun, sources }: ImportReport, paint: Paint): readonly string[] {
  return sources.flatMap((source, index) => [
    ...(index > 0 ? [''] : []),
    ...sourceLines(source, dryRun, paint),
  ]);
}

function sourceLines(
  { kind, place, plans, counts, artifacts, findings }: SourceReport,
  dryRun: boolean,
  paint: Paint,
): readonly string[] {
  const { read, added, updated, same, kept, verified } = counts;
  const would = dryRun ? 'would be ' : '';
  const what = [
    `${added} ${would}added`,
    `${updated} ${would}updated`,
    `${same} as they were`,
    ...(kept > 0 ? [`${kept} kept as they were changed here`] : []),
  ];
  const lines = [
    `${paint('strong', kind)}  ${paint('dim', place)}`,
    `  ${read} tasks in ${plans.length} plans: ${what.join(', ')}`,
    ...plans.filter(({ change, tasks }) => isChanged(change, tasks)).map((plan) => planLine(plan)),
  ];
  if (!dryRun) {
    lines.push(
      `  ${paint('dim', `${verified} read again after the commit, all as in the source`)}`,
    );
  }
  const { found, stored, gone } = artifacts;
  if (found + gone > 0) {
    lines.push(`  ${found} artifacts: ${stored} stored, ${gone} not to be found`);
  }
  return [...lines, ...findingLines(findings, paint)];
}

function isChanged(change: PlanReport['change'], tasks: PlanReport['tasks']): boolean {
  return change !== 'same' || tasks.some((task) => task.change !== 'same');
}

function planLine({ parentTaskId, title, change, tasks }: PlanReport): string {
  return `  ${change.padEnd(8)} ${parentTaskId}  ${oneLine(title)} (${tasks.length} tasks)`;
}

function findingLines(findings: readonly ImportFinding[], paint: Paint): readonly string[] {
  const shown = findings.slice(0, FINDINGS_SHOWN);
  const lines = shown.flatMap(({ severity, code, message, place, taskId, remedy }) => {
    const tone = severity === 'warning' ? 'warn' : 'note';
    const word = severity === 'warning' ? 'warning' : 'note';
    const who = taskId === null ? '' : `${taskId}: `;
    return [
      `${paint(tone, `${word}[${code}]`)}: ${oneLine(who + message)}`,
      `  ${paint('dim', '-->')} ${place}`,
      `  ${paint('dim', '=')} ${remedy}`,
    ];
  });
  const more = findings.length - shown.length;
  return more > 0 ? [...lines, `... and ${more} more: --json has them all`] : lines;
}
