import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { leadingId } from '../../domain/tasklist/task-id.ts';
import type { Box } from './box.ts';
import { type Clause, splitClauses } from './clauses.ts';
import type { ListItem, TextPlace } from './outline.ts';
import type { RawTask } from './raw-task.ts';
import { doubtfulClause } from './read-table.ts';
import type { Section } from './section.ts';
import { withoutComments } from './source-text.ts';
import { spanOf, TaskBody } from './task-body.ts';
import { takeTags } from './text-tags.ts';

/** A top-level check box as a task, with what stands below it. */
export function readBoxTask(
  item: ListItem,
  box: Box,
  section: Section,
  findings: Finding[],
): RawTask {
  const lead = item.lead as TextPlace;
  const span = { line: item.line, ...spanOf(lead) };
  const text = readBoxText(box.rest);
  const place = { ...span, taskId: text.taskId };
  const body = new TaskBody();
  for (const clause of text.clauses) body.settings.push({ ...clause, ...span });
  for (const clause of text.doubtful) findings.push(doubtfulClause(clause, place));
  body.read(item.blocks);
  if (box.mark === null) {
    const message = `\`${lead.text.slice(0, 3)}\` is no mark; the task is queued`;
    findings.push(finding('status_unknown', { ...place, length: 3 }, message));
  }
  if (box.optional) {
    const message =
      'the `*` behind its box says that this task is optional; it is run all the same';
    findings.push(finding('task_optional', place, message));
  }
  return {
    taskId: text.taskId,
    from: 'box',
    description: text.description,
    section,
    ...span,
    mark: box.mark ?? 'queued',
    place: { kind: 'box', start: box.start, end: box.end },
    settings: body.settings,
    steps: body.steps,
    criteria: body.criteria,
    fields: { ...text.fields, ...(box.optional ? { optional: 'true' } : {}), ...body.fields() },
  };
}

interface BoxText {
  readonly taskId: string | null;
  readonly description: string;
  readonly clauses: readonly Clause[];
  readonly doubtful: readonly Clause[];
  readonly fields: Readonly<Record<string, string>>;
}

/** A priority in brackets may stand in front of the id or behind it: `[P1] A-1: text`. */
function readBoxText(rest: string): BoxText {
  const tagged = takeTags(withoutComments(rest));
  const { description, clauses, doubtful } = splitClauses(tagged.text);
  const all = [...clauses, ...tagged.clauses];
  const id = leadingId(description);
  const fields = { ...tagged.fields };
  if (id === null) return { taskId: tagged.taskId, description, clauses: all, doubtful, fields };
  const behind = splitClauses(id.rest);
  const { text, flags } = takeFlags(behind.description);
  return {
    taskId: id.taskId,
    description: text,
    clauses: [...all, ...behind.clauses],
    doubtful,
    fields: { ...fields, ...flags },
  };
}

/** `[P] [US1]` behind an id: may run beside others, and belongs to a user story. */
function takeFlags(text: string): {
  readonly text: string;
  readonly flags: Readonly<Record<string, string>>;
} {
  const flags: Record<string, string> = {};
  let rest = text;
  for (;;) {
    const flag = /^\[(P|US\d{1,4})\](?=\s|$)/.exec(rest)?.[1];
    if (flag === undefined) return { text: rest, flags };
    if (flag === 'P') flags['parallel'] = 'true';
    else flags['story'] = flag;
    rest = rest.slice(flag.length + 2).trimStart();
  }
}
