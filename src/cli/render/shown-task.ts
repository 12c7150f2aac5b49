import { durationText } from '../../domain/duration.ts';
import { assertNever } from '../../domain/errors.ts';
import type { TaskEvent } from '../../domain/event.ts';
import { timeText } from '../../domain/time-text.ts';
import type { ShownAttempt, ShownTask } from '../../operations/show-task.ts';
import type { LineStyle } from './task-lines.ts';
import { clip, oneLine } from './text-width.ts';

const EVENTS_SHOWN = 30;

/** A task with its dependencies, attempts and events, for a person. */
export function shownTaskLines(shown: ShownTask, style: LineStyle): readonly string[] {
  const { task, attempts, events } = shown;
  const { paint, width } = style;
  const fields: readonly (readonly [string, string | null])[] = [
    ['status', task.why],
    ['source', task.source === undefined ? null : 'legacy: a change takes its breakdown over'],
    ['priority', task.priority],
    ['section', task.section],
    ['list', task.line > 0 ? `${task.list}:${task.line}` : task.list],
    ['agent', task.agent],
    ['depends', dependsText(shown)],
    ['verify', task.verify === null ? null : task.verify.join(' ')],
    ['timeout', task.timeoutMs === null ? null : durationText(task.timeoutMs)],
    ['result', task.resultSummary],
    ['last error', task.lastError],
    ['id', task.source === undefined ? task.id : null],
  ];
  const hidden = events.length - EVENTS_SHOWN;
  return [
    `${paint('strong', task.taskId)} ${oneLine(task.description)}`,
    ...fields
      .filter(([, value]) => value !== null && value !== '')
      .map(([name, value]) => `  ${paint('dim', name.padEnd(10))} ${oneLine(value ?? '')}`),
    ...task.steps.map((step) => `  ${paint('dim', 'step'.padEnd(10))} ${oneLine(step)}`),
    ...task.criteria.map((text) => `  ${paint('dim', 'criterion'.padEnd(10))} ${oneLine(text)}`),
    ...(attempts.length === 0 ? [] : ['', paint('strong', 'attempts')]),
    ...attempts.flatMap((attempt) => [
      clip(attemptLine(attempt), width),
      ...reportLines(attempt.result).map((line) => paint('dim', clip(`       ${line}`, width))),
    ]),
    ...(events.length === 0 ? [] : ['', paint('strong', 'events')]),
    ...(hidden > 0 ? [paint('dim', `  ... ${hidden} earlier ones`)] : []),
    ...events
      .slice(-EVENTS_SHOWN)
      .map(({ at, event }) => clip(`  ${at ?? ''}  ${eventText(event)}`, width)),
  ];
}

function dependsText({ dependsOn }: ShownTask): string | null {
  if (dependsOn.length === 0) return null;
  return dependsOn
    .map(({ taskId, status }) => `${taskId} (${status ?? 'not in the list'})`)
    .join(', ');
}

function attemptLine(attempt: ShownAttempt): string {
  const took = attempt.durationMs === null ? 'running' : durationText(attempt.durationMs);
  const agent = attempt.agent === null ? '' : ` by ${attempt.agent}`;
  const isTold = attempt.exitCode === null || attempt.error?.includes('exit code') === true;
  const code = isTold ? '' : `, exit code ${attempt.exitCode}`;
  const error = attempt.error === null ? '' : `: ${oneLine(attempt.error)}`;
  const outcome = attempt.outcome ?? 'no outcome yet';
  const head = `  #${attempt.attempt} ${attempt.startedAt ?? ''} ${took}${agent}`;
  return `${head}  ${outcome}${code}${error}`;
}

/** What an agent reported besides its summary, and what of it was not taken. */
function reportLines(result: unknown): readonly string[] {
  if (typeof result !== 'object' || result === null) return [];
  const { artifacts, files, notes } = result as Readonly<Record<string, unknown>>;
  const artifactTexts = listOf(artifacts).map((artifact) => {
    const { name, path } = artifact as Readonly<Record<string, unknown>>;
    return `artifact ${String(name)}: ${String(path)}`;
  });
  return [
    ...artifactTexts,
    ...listOf(files).map((file) => `file ${String(file)}`),
    ...listOf(notes).map((note) => `note: ${String(note)}`),
  ].map(oneLine);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.filter((each) => each !== null) : [];
}

function eventText(event: TaskEvent): string {
  switch (event.kind) {
    case 'enqueued':
      return `enqueued as ${event.as}`;
    case 'claimed':
      return `claimed with fence ${event.fence}${tail(' for ', event.agent)}`;
    case 'adopted':
      return `adopted, term ${event.term}`;
    case 'completed':
      return `completed by ${event.by}${tail(': ', event.summary)}`;
    case 'retry_scheduled':
      return `failed (${event.cause}), again${dueText(event.dueAtMs)}: ${oneLine(event.error)}`;
    case 'failed':
      return `failed for good (${event.cause}): ${oneLine(event.error)}`;
    case 'skipped':
    case 'cancelled':
      return `${event.kind} by ${event.by}: ${oneLine(event.reason)}`;
    case 'released':
      return `released (${event.reason})${dueText(event.dueAtMs)}`;
    case 'lost':
      return `lost: ${oneLine(event.reason)}`;
    case 'waiting':
      return `waiting: ${oneLine(event.reason)}`;
    case 'retried':
    case 'requeued':
      return `${event.kind} by ${event.by}`;
    case 'revived':
      return 'back in the queue: what it depends on completed after all';
    case 'edited':
      return `edited in the list: ${event.fields.join(', ')}`;
    case 'late_result':
      return `a late result (${event.outcome}, fence ${event.fence}) was not accepted`;
    case 'fence_raised':
      return `fence raised to ${event.fence}: the store was restored from a copy`;
    case 'due':
    case 'archived':
    case 'restored':
      return event.kind;
    default:
      return assertNever(event);
  }
}

function tail(before: string, text: string | null | undefined): string {
  return text == null ? '' : before + oneLine(text);
}

function dueText(dueAtMs: number): string {
  return dueAtMs === 0 ? '' : ` at ${timeText(dueAtMs).slice(11, 19)} UTC`;
}
