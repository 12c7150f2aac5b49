import { plainText } from '../../domain/tasklist/wording.ts';
import { type Box, readBox } from './box.ts';
import { proseDependency, splitClauses } from './clauses.ts';
import type { Block, ListBlock, ListItem, TextPlace } from './outline.ts';
import type { RawStep, Setting } from './raw-task.ts';
import { isCriteriaLabel, isStepsLabel } from './section.ts';
import { withoutComments } from './source-text.ts';

/**
 * What stands below a task's line: nested boxes are its steps, lines of clauses settings, lists
 * under `Acceptance:` criteria, everything else notes.
 */
export class TaskBody {
  readonly steps: RawStep[] = [];
  readonly criteria: string[] = [];
  readonly settings: Setting[] = [];
  private readonly notes: string[] = [];
  private readonly requirements: string[] = [];

  fields(): Record<string, string> {
    const { notes, requirements } = this;
    return {
      ...(requirements.length === 0 ? {} : { requirements: [...new Set(requirements)].join(', ') }),
      ...(notes.length === 0 ? {} : { Notes: notes.join('\n') }),
    };
  }

  read(blocks: readonly Block[]): void {
    let label: string | null = null;
    for (const block of blocks) {
      if (block.kind === 'list') {
        this.list(block, label);
      } else if (block.kind === 'text' || block.kind === 'heading') {
        label = labelOf(block);
        if (label === null) this.note(block);
      } else if (block.kind === 'fence' || block.kind === 'code') {
        this.notes.push(block.content.trimEnd());
      }
    }
  }

  private list({ items }: ListBlock, label: string | null): void {
    for (const item of items) {
      const box = boxOf(item);
      if (label !== null && isCriteriaLabel(label)) this.criterion(item, box);
      else if (box !== null) this.step(item, plainBoxText(box), box.mark === 'completed');
      else if (label !== null && item.lead !== null) this.step(item, plain(item.lead.text), false);
      else this.plainItem(item);
    }
  }

  private criterion(item: ListItem, box: Box | null): void {
    const text = box === null ? plain(item.lead?.text ?? '') : plainBoxText(box);
    if (text !== '') this.criteria.push(text);
    for (const block of item.blocks) {
      if (block.kind === 'list')
        for (const inner of block.items) this.criterion(inner, boxOf(inner));
    }
  }

  /** Boxes inside a step are steps too; plain lines below it say more about it. */
  private step(item: ListItem, text: string, done: boolean): void {
    const details: string[] = [];
    const inner: ListItem[] = [];
    this.details(item.blocks, details, inner);
    this.steps.push({ text: [text, ...details.map((line) => `  - ${line}`)].join('\n'), done });
    for (const nested of inner) {
      const box = boxOf(nested) as Box;
      this.step(nested, plainBoxText(box), box.mark === 'completed');
    }
  }

  private details(blocks: readonly Block[], details: string[], boxes: ListItem[]): void {
    for (const block of blocks) {
      if (block.kind === 'text' || block.kind === 'heading') this.detail(block, details);
      else if (block.kind === 'fence' || block.kind === 'code')
        details.push(block.content.trimEnd());
      if (block.kind !== 'list') continue;
      for (const item of block.items) {
        if (boxOf(item) !== null) {
          boxes.push(item);
          continue;
        }
        if (item.lead !== null) this.detail(item.lead, details);
        this.details(item.blocks, details, boxes);
      }
    }
  }

  private detail({ text }: TextPlace, details: string[]): void {
    const written = plain(text);
    if (written !== '' && !this.takeRequirements(written)) details.push(written);
  }

  private plainItem(item: ListItem): void {
    const label = item.lead === null ? null : labelOf(item.lead);
    if (item.lead !== null && label === null) this.note(item.lead);
    for (const block of item.blocks) {
      if (block.kind === 'list') this.list(block, label);
      else this.read([block]);
    }
  }

  /** A line of nothing but clauses sets them; one that begins `Acceptance:` is a criterion. */
  private note(place: TextPlace): void {
    const text = withoutComments(place.text).trim();
    if (text === '' || this.takeRequirements(text)) return;
    const { description, clauses } = splitClauses(text);
    if (description === '' && clauses.length > 0) {
      const span = { line: place.line, ...spanOf(place) };
      for (const clause of clauses) this.settings.push({ ...clause, ...span });
      return;
    }
    const colon = text.indexOf(':');
    if (colon > 0 && isCriteriaLabel(text.slice(0, colon))) {
      this.criteria.push(text.slice(colon + 1).replace(/^[*_\s]+/, ''));
    } else {
      this.notes.push(text);
      this.proseDependencies(place);
    }
  }

  /** `Depends on: all of it` is told to the agent, and said to be no dependency. */
  private proseDependencies(place: TextPlace): void {
    const shown = withoutComments(place.text);
    for (const [index, content] of shown.split('\n').entries()) {
      const value = proseDependency(content);
      if (value === null) continue;
      // A comment may have had line breaks in it.
      const isFirst = index === 0 || shown !== place.text;
      const span = isFirst ? spanOf(place) : { column: 1, length: 1 };
      const line = place.line + (isFirst ? 0 : index);
      this.settings.push({ key: 'depends', value, line, ...span, prose: true });
    }
  }

  /** `_Requirements: 1.1, 2.3_`: numbers in another document, not a thing to do. */
  private takeRequirements(text: string): boolean {
    const numbers = REQUIREMENTS.exec(text)?.[1];
    if (numbers === undefined) return false;
    for (const number of numbers.split(',')) this.requirements.push(number.trim());
    return true;
  }
}

/** The box an item begins with, if it does. */
export function boxOf(item: ListItem): Box | null {
  return item.lead === null ? null : readBox(item.lead.text, item.lead.start);
}

/** The text of a box that is no task of its own: a step, or a criterion. */
export function plainBoxText(box: Box): string {
  return `${plain(box.rest)}${box.optional ? ' (optional)' : ''}`;
}

/** The first line of a text. */
export function spanOf(place: TextPlace): { readonly column: number; readonly length: number } {
  const end = place.text.indexOf('\n');
  const length = (end < 0 ? place.text : place.text.slice(0, end)).trimEnd().length;
  return { column: place.start - place.lineStart + 1, length };
}

const REQUIREMENTS = /^[_*]{1,2}Requirements?:[ ]?([^_*\n]+)[_*]{1,2}$/i;

function plain(text: string): string {
  return plainText(withoutComments(text));
}

/** `Acceptance criteria:` or `Steps:`, which say what the list below them is. */
function labelOf({ text }: TextPlace): string | null {
  const lastLine = text.slice(text.lastIndexOf('\n') + 1);
  return isCriteriaLabel(lastLine) || isStepsLabel(lastLine) ? lastLine : null;
}
