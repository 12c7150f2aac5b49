import { parse } from 'yaml';
import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import { readPriority } from '../../domain/priority.ts';
import {
  anyTextOf,
  isRecord,
  type LooseRecord,
  otherFields,
  textOf,
  textsOf,
} from '../loose-value.ts';
import type { TaskDraft } from '../plan-draft.ts';
import { readMoment } from '../read-moment.ts';

const KEYS: ReadonlySet<string> = new Set([
  ...['id', 'title', 'status', 'created_date', 'updated_date', 'labels', 'dependencies'],
  ...['priority', 'parent_task_id', 'subtasks', 'ordinal'],
]);

export interface BacklogTask {
  readonly draft: TaskDraft;
  readonly parent: string | null;
  readonly ordinal: number | null;
}

/**
 * One task file of Backlog.md: front matter, then sections under headings. `completed` says that it
 * lies in the folder of completed tasks, whatever its status says.
 */
export function readBacklogTask(
  text: string,
  file: { readonly place: string; readonly completed: boolean; readonly archived: boolean },
): { readonly task: BacklogTask } | { readonly finding: ImportFinding } {
  const { place } = file;
  const match = FRONT_MATTER.exec(text.replace(/^\uFEFF/, ''));
  const front = match === null ? null : frontMatter(match[1] ?? '');
  if (front === null || typeof front === 'string') {
    const why = front ?? 'it has no front matter';
    return { finding: importFinding('file_unreadable', { place }, why) };
  }
  const sections = sectionsOf(text.slice(match?.[0].length ?? 0));
  const written = textOf(front['status']);
  const priority = textOf(front['priority']);
  const isDone = file.completed || DONE.test(written ?? '');
  const status = file.archived ? 'archived' : isDone ? 'done' : written;
  const ordinal = Number(front['ordinal']);
  const notes = ['implementation plan', 'implementation notes'].flatMap((name) => {
    const body = sections.get(name);
    return body === undefined ? [] : [`## ${name}\n\n${body}`];
  });
  return {
    task: {
      parent: textOf(front['parent_task_id']),
      ordinal: Number.isFinite(ordinal) ? ordinal : null,
      draft: {
        taskId: textOf(front['id']),
        title: anyTextOf(front['title']),
        description: [sections.get('description'), ...notes].filter(Boolean).join('\n\n'),
        ...(priority === null ? {} : { priority: readPriority(priority).priority }),
        dependencies: textsOf(front['dependencies']),
        status,
        result: sections.get('final summary') ?? null,
        labels: textsOf(front['labels']),
        criteria: [
          ...boxesOf(sections.get('acceptance criteria') ?? ''),
          ...boxesOf(sections.get('definition of done') ?? ''),
        ],
        fields: otherFields(front, KEYS),
        createdAtMs: readMoment(dateText(front['created_date']), 'utc'),
        completedAtMs: isDone ? readMoment(dateText(front['updated_date']), 'utc') : null,
        place,
      },
    },
  };
}

const FRONT_MATTER = /^---[ \t]*\r?\n([\s\S]*?)\r?\n---[ \t]*(?:\r?\n|$)/;
const DONE = /^\s*(✔\s*)?(done|complete|completed|closed|erledigt|fertig)\s*$/i;

/** Older versions wrote people without the quotes that YAML asks for: `assignee: @name`. */
const BARE_NAME = /^(\s*(?:-|[\w-]+:)[ \t]+)(@[^\s'"#]+)[ \t]*$/gm;

/** The front matter, or what is wrong with it. Nothing in it is executed or resolved. */
function frontMatter(text: string): LooseRecord | string {
  try {
    const quoted = text.replaceAll(BARE_NAME, "$1'$2'");
    const value: unknown = parse(quoted, { schema: 'core', maxAliasCount: 0 });
    return isRecord(value) ? value : 'its front matter is no mapping';
  } catch (error) {
    return `its front matter is no YAML: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function dateText(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}

/** The body of each second-level heading, by its name in small letters, without markers. */
function sectionsOf(body: string): ReadonlyMap<string, string> {
  const sections = new Map<string, string>();
  for (const part of body.split(/^## /m).slice(1)) {
    const end = part.indexOf('\n');
    const name = (end === -1 ? part : part.slice(0, end)).trim().toLowerCase();
    const text = (end === -1 ? '' : part.slice(end)).replaceAll(/^<!--.*-->\s*$/gm, '').trim();
    if (text !== '') sections.set(name.replace(/\s*\(.*\)$/, ''), text);
  }
  return sections;
}

function boxesOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const box = /^\s*[-*]\s+\[[ xX]\]\s+(?:#\d+\s+)?(.*)$/.exec(line);
    return box?.[1] === undefined || box[1].trim() === '' ? [] : [box[1].trim()];
  });
}
