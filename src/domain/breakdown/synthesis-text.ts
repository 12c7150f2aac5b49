import type { TaskStatus } from '../status.ts';
import { headlineOf, type SynthesisFacts, type SynthesizedTask } from './synthesis.ts';

export interface SynthesisPage {
  readonly markdown: string;
  /** How many of the given subtasks are told on this page; at least one, where there is one. */
  readonly told: number;
}

/** Of one subtask, so that none takes the page for itself. */
const RESULT_CHARS_MAX = 3_000;
const ATTENTION_MAX = 20;
/** Left for the words between. */
const RESERVE = 300;

/**
 * The report as markdown, as far as `charsMax` characters go. `first`: with the headline and what
 * wants attention in the whole breakdown.
 */
export function synthesisText(
  facts: SynthesisFacts,
  tasks: readonly SynthesizedTask[],
  { charsMax, first }: { readonly charsMax: number; readonly first: boolean },
): SynthesisPage {
  const head = first ? headOf(facts) : `# ${facts.title} (continued)`;
  const sections = new Map<string, string[]>();
  let left = charsMax - head.length - RESERVE;
  let told = 0;
  for (const task of tasks) {
    const room = Math.max(200, Math.min(RESULT_CHARS_MAX, left - 200));
    const text = taskText(task, room);
    const section = SECTIONS[task.status];
    const cost = text.length + (sections.has(section) ? 2 : section.length + 8);
    if (told > 0 && cost > left) break;
    const known = sections.get(section);
    if (known === undefined) sections.set(section, [text]);
    else known.push(text);
    left -= cost;
    told += 1;
  }
  const body = Object.values(SECTIONS)
    .filter((section, index, all) => all.indexOf(section) === index)
    .flatMap((section) => {
      const texts = sections.get(section);
      return texts === undefined ? [] : [`## ${section}`, ...texts];
    });
  const more = tasks.length - told;
  const foot = more > 0 ? ['_More subtasks follow on the next page._'] : [];
  return { markdown: [head, ...body, ...foot].join('\n\n'), told };
}

/** In the order in which they are told. */
const SECTIONS: Readonly<Record<TaskStatus, string>> = {
  completed: 'Completed',
  failed: 'Failed',
  waiting: 'Waiting for an answer',
  running: 'Running',
  queued: 'Not begun',
  skipped: 'Left out',
  cancelled: 'Left out',
};

function headOf(facts: SynthesisFacts): string {
  const archived = facts.archived ? '\n\nIt is archived.' : '';
  const { attention } = facts;
  const shown = attention
    .slice(0, ATTENTION_MAX)
    .map(
      ({ taskId, title, status, why }) =>
        `- ${taskId} (${oneLine(title)}): ${status}: ${oneLine(why)}`,
    );
  const more = attention.length - shown.length;
  if (more > 0) shown.push(`- and ${more} more`);
  const wants = shown.length === 0 ? '' : `\n\n## Wants attention\n\n${shown.join('\n')}`;
  return `# ${oneLine(facts.title)}\n\n${headlineOf(facts)}${archived}${wants}`;
}

function taskText(task: SynthesizedTask, charsMax: number): string {
  const role = task.specialistType === null ? '' : ` [${task.specialistType}]`;
  const lines = [`### ${task.taskId}: ${oneLine(task.title)}${role}`];
  if (task.status === 'completed') {
    const result = task.resultSummary ?? task.detailedWork;
    lines.push(result === null ? 'It is completed; no result was told.' : cut(result, charsMax));
    const { detailedWork } = task;
    const left = charsMax - (result ?? '').length;
    if (detailedWork !== null && detailedWork !== result && left > 400) {
      lines.push(cut(detailedWork, left));
    }
  } else {
    lines.push(cut(task.why, charsMax));
    if (task.error !== null && !task.why.includes(task.error))
      lines.push(cut(task.error, charsMax));
  }
  const artifacts = task.artifacts.map(({ artifactId, name, kind, bytes, state }) => {
    const open = state === 'open' ? ', not complete' : '';
    return `- ${oneLine(name)} (${kind}, ${bytes} bytes${open}): artifact ${artifactId}`;
  });
  if (artifacts.length > 0) lines.push(cut(artifacts.join('\n'), charsMax));
  return lines.join('\n\n');
}

function oneLine(text: string): string {
  return cut(text.replace(/\s+/g, ' '), 300);
}

function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const kept = text.slice(0, charsMax).toWellFormed();
  return `${kept} [... ${text.length - charsMax} more characters]`;
}
