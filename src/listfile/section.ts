import { leadingId, withoutMarkup } from '../domain/tasklist/task-id.ts';
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
  const lead = leadingId(heading.text);
  return {
    title,
    level: heading.level,
    parent,
    headingId: lead?.taskId ?? null,
    holdsCriteria: isCriteriaLabel(title),
  };
}

/** `Exit Criteria:`, `Definition of done`, `Acceptance`, `Required Context`. */
export function isCriteriaLabel(text: string): boolean {
  const label = withoutMarkup(text)
    .replace(/^[\d.\s]+/, '')
    .replace(/\s*:\s*$/, '');
  return CRITERIA.test(label.trim());
}

/** `Steps:`, `Subtasks:`. */
export function isStepsLabel(text: string): boolean {
  return STEPS.test(
    withoutMarkup(text)
      .replace(/\s*:\s*$/, '')
      .trim(),
  );
}

const STEPS = /^(?:(?:implementation )?steps|sub-?tasks|to-?do|checklist)$/i;
const CRITERIA = new RegExp(
  '^(?:(?:exit|entry|acceptance|success|pass|completion|done) (?:criteria|criterion|checklist)|' +
    'acceptance|definition of (?:done|ready)|done when|completion checklist|' +
    '(?:(?:required|idea|background|project) )?context(?: loading)?)$',
  'i',
);
