import { type LeadingId, leadingId, withoutMarkup } from '../../domain/tasklist/task-id.ts';
import type { HeadingBlock } from './outline.ts';

/** What stands under one heading, up to the next. */
export interface Section {
  /** Null before the first heading. */
  readonly title: string | null;
  readonly level: number;
  readonly parent: Section | null;
  /** The id its heading begins with, as in `### ABC-001: Title`. */
  readonly headingId: string | null;
  /** Its check boxes say when something is done, not what to do. */
  readonly holdsCriteria: boolean;
}

export const ROOT_SECTION: Section = {
  title: null,
  level: 0,
  parent: null,
  headingId: null,
  holdsCriteria: false,
};

export function enterSection(current: Section, heading: HeadingBlock): Section {
  let parent = current;
  while (parent.level >= heading.level && parent.parent !== null) parent = parent.parent;
  const title = withoutMarkup(heading.text);
  const lead = headingLead(heading.text);
  return {
    title,
    level: heading.level,
    parent,
    headingId: lead?.taskId ?? null,
    holdsCriteria: isCriteriaLabel(title),
  };
}

/** The id a heading begins with: `ABC-001: Title`, or the number in `Task 1.2: Title`. */
export function headingLead(text: string): LeadingId | null {
  const plain = text.slice(0, HEADING_LENGTH_MAX);
  const numbered = NUMBERED.exec(withoutMarkup(plain))?.groups;
  if (numbered === undefined) return leadingId(text);
  return { taskId: numbered['id'] as string, rest: (numbered['rest'] as string).trim() };
}

/** Characters of a heading in which its id is looked for. */
const HEADING_LENGTH_MAX = 1_000;
const NUMBERED = /^(?:task|story|ticket|issue|todo) ?#?(?<id>\d[\d.]*\b)[ :.)–—-]*(?<rest>.*)$/is;

/** Whether a heading is about what was done, as in `Execution Log`: its tables hold no tasks. */
export function isRecord(section: Section): boolean {
  return /(?:^|\s)(?:log|history|changelog)$/i.test((section.title ?? '').slice(-200));
}

/** Where an agent repeats the tasks as it did them, or another one judges them. */
export function isReport(section: Section): boolean {
  const titles = /^(?:dev agent record|qa results)$/i;
  for (let at: Section | null = section; at !== null; at = at.parent) {
    if (titles.test(at.title ?? '')) return true;
  }
  return false;
}

/** `Exit Criteria:`, `Definition of done`, `Acceptance`, `Required Context`. */
export function isCriteriaLabel(text: string): boolean {
  return CRITERIA.test(withoutColon(withoutMarkup(text).replace(/^[\d.\s]+/, '')));
}

/** Beside numbered tasks these say when all is done: `Release Checklist`, `Exit gate (week 2)`. */
export function isChecklist(section: Section): boolean {
  for (let at: Section | null = section; at !== null && at.level > 1; at = at.parent) {
    if (CHECKLIST.test((at.title ?? '').slice(-200))) return true;
  }
  return false;
}

/** A heading over tables that repeat, count or explain the tasks. */
export function isOverview(section: Section): boolean {
  for (let at: Section | null = section; at !== null && at.level > 1; at = at.parent) {
    if (OVERVIEW.test((at.title ?? '').slice(0, 200))) return true;
  }
  return false;
}

/** `Steps:`, `Subtasks:`. */
export function isStepsLabel(text: string): boolean {
  return STEPS.test(withoutColon(withoutMarkup(text)));
}

function withoutColon(label: string): string {
  const written = label.trim();
  return written.endsWith(':') ? written.slice(0, -1).trimEnd() : written;
}

/** A heading over what to read first. */
export function isContextLabel(text: string): boolean {
  return /context(?: loading)?$/i.test(text);
}

/** At the level of the document these say when all is done, and not when one task is. */
export function isWholeLabel(text: string): boolean {
  return /^(?:[\d.\s]*)(?:exit|success|completion) /i.test(text);
}

const CHECKLIST =
  /(?:^|\s)(?:checklist|(?:exit|quality) gates?|definition of (?:done|ready))(?: \([^()]*\))?$/i;
const OVERVIEW = new RegExp(
  '\\b(?:log|history|changelog|summary|legend|key|overview|progress|status|results?|totals?|' +
    'dashboard|metrics|statistics|coverage|matrix|timeline|schedule|decisions?|commits|' +
    'appendix|reference|examples?|milestones)\\b',
  'i',
);
const STEPS = /^(?:(?:implementation )?steps|sub-?tasks|to-?do|checklist)$/i;
const CRITERIA = new RegExp(
  '^(?:(?:exit|entry|acceptance|success|pass|completion|done) (?:criteria|criterion|checklist)|' +
    '(?:success|quality|readiness) metrics|(?:exit|quality) gates?|acceptance|' +
    'definition of (?:done|ready)|done when|completion checklist|' +
    '(?:(?:required|idea|background|project) )?context(?: loading)?)$',
  'i',
);
