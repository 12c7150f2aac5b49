import type { Finding } from '../domain/tasklist/model.ts';
import { withoutMarkup } from '../domain/tasklist/task-id.ts';
import type { Block, ListBlock, TextBlock } from './outline.ts';
import type { RawTask } from './raw-task.ts';
import { readBoxTask } from './read-box.ts';
import { readTable } from './read-table.ts';
import { readYamlTasks } from './read-yaml.ts';
import { enterSection, isCriteriaLabel, ROOT_SECTION, type Section } from './section.ts';
import { boxOf, plainBoxText } from './task-body.ts';

/** Everything in the document that is a task or belongs to one, in the order of the file. */
export function collectTasks(blocks: readonly Block[]): CollectedTasks {
  const collector = new Collector();
  collector.blocks(blocks);
  return collector;
}

export interface CollectedTasks {
  readonly title: string | null;
  readonly tasks: readonly RawTask[];
  /** Criteria that hold for all tasks of a section. */
  readonly criteria: ReadonlyMap<Section, readonly Criterion[]>;
  /** Sections with a table of tasks. */
  readonly tableSections: ReadonlySet<Section>;
  readonly findings: readonly Finding[];
}

export interface Criterion {
  readonly text: string;
  readonly line: number;
}

class Collector implements CollectedTasks {
  title: string | null = null;
  readonly tasks: RawTask[] = [];
  readonly criteria = new Map<Section, Criterion[]>();
  readonly tableSections = new Set<Section>();
  readonly findings: Finding[] = [];
  private section: Section = ROOT_SECTION;

  /** `before` is the block in front: a list of criteria is announced by it. */
  blocks(blocks: readonly Block[]): void {
    let before: Block | null = null;
    for (const block of blocks) {
      this.block(block, before);
      before = block;
    }
  }

  private block(block: Block, before: Block | null): void {
    switch (block.kind) {
      case 'heading':
        if (block.top) {
          this.section = enterSection(this.section, block);
          if (block.level === 1) this.title ??= withoutMarkup(block.text);
        }
        break;
      case 'table': {
        const tasks = readTable(block, this.section, this.findings);
        if (tasks.length > 0) this.tableSections.add(this.section);
        for (const task of tasks) this.tasks.push(task);
        break;
      }
      case 'list':
        this.list(block, criteriaSection(this.section, before));
        break;
      case 'fence':
        for (const task of readYamlTasks(block, this.section, this.findings)) {
          this.tasks.push(task);
        }
        break;
      case 'text':
      case 'code':
      case 'html':
        break;
    }
  }

  /** `criteriaOf`: the section whose criteria these boxes are, null when they are tasks. */
  private list(list: ListBlock, criteriaOf: Section | null): void {
    for (const item of list.items) {
      const box = boxOf(item);
      if (box === null) {
        // A plain item may group boxes, or announce them as criteria.
        this.nested(item.blocks, item.lead, criteriaOf);
      } else if (criteriaOf !== null) {
        const criterion = { text: plainBoxText(box), line: item.line };
        const known = this.criteria.get(criteriaOf);
        if (known === undefined) this.criteria.set(criteriaOf, [criterion]);
        else known.push(criterion);
        this.nested(item.blocks, null, criteriaOf);
      } else {
        this.tasks.push(readBoxTask(item, box, this.section, this.findings));
        // Steps and notes are the task's; a table inside it stands for itself.
        for (const block of item.blocks) if (block.kind === 'table') this.block(block, null);
      }
    }
  }

  private nested(
    blocks: readonly Block[],
    lead: { readonly text: string } | null,
    criteriaOf: Section | null,
  ): void {
    const announced = lead !== null && isCriteriaLabel(lead.text) ? this.section : null;
    for (const block of blocks) {
      if (block.kind === 'list') this.list(block, criteriaOf ?? announced);
      else this.block(block, null);
    }
  }
}

/** Boxes below `Exit criteria:` are their section's; below such a heading, its parent's. */
function criteriaSection(section: Section, before: Block | null): Section | null {
  let owner: Section = section;
  while (owner.holdsCriteria && owner.parent !== null) owner = owner.parent;
  if (owner !== section) return owner;
  return before?.kind === 'text' && isLabel(before) ? section : null;
}

function isLabel(block: TextBlock): boolean {
  const lastLine = block.text.slice(block.text.lastIndexOf('\n') + 1);
  return isCriteriaLabel(lastLine);
}
