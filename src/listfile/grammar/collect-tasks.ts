import type { KnownBox } from '../../domain/tasklist/box-names.ts';
import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { withoutMarkup } from '../../domain/tasklist/task-id.ts';
import type { Box } from './box.ts';
import type { Block, HeadingBlock, ListBlock, TextBlock } from './outline.ts';
import { type Part, PartReadings, type ReadPart } from './part-readings.ts';
import { type PictureBox, pictureBoxes, readPictureTask } from './picture-box.ts';
import { isOpen, judgePictures, type PictureList, type PictureVerdict } from './picture-lists.ts';
import type { RawTask } from './raw-task.ts';
import { readBoxTask } from './read-box.ts';
import { readHeadingTask } from './read-heading.ts';
import { readTable } from './read-table.ts';
import { readYamlTasks } from './read-yaml.ts';
import {
  headingLead,
  isContextLabel,
  isCriteriaLabel,
  isReport,
  isWholeLabel,
  ROOT_SECTION,
  type Section,
} from './section.ts';
import { readStatusWord } from './status-cell.ts';
import { boxOf, plainBoxText, spanOf } from './task-body.ts';

/**
 * Everything in the document that is a task or belongs to one, in the order of the file. `known`
 * are the tasks that the list had before.
 */
export function collectTasks(
  blocks: readonly Block[],
  known: readonly KnownBox[] = [],
): CollectedTasks {
  const strict = collected(blocks, known, false);
  if (strict.tasks.length > 0) return strict;
  // Where nothing else is a task, headings with a status are, ids or not.
  return collected(blocks, known, true).withoutRemarks();
}

/** Lists of pictures are judged when everything else is known, and read in their places then. */
function collected(
  blocks: readonly Block[],
  known: readonly KnownBox[],
  looseHeadings: boolean,
): Collector {
  const readings = new PartReadings();
  const first = new Collector({ looseHeadings, known, verdict: null, readings });
  first.blocks(blocks);
  if (first.pictureLists.length === 0) return first;
  const verdict = judgePictures(first.pictureLists, first.tasks, known);
  const second = new Collector({ looseHeadings, known, verdict, readings });
  second.blocks(blocks);
  return second;
}

export interface CollectedTasks {
  readonly title: string | null;
  readonly tasks: readonly RawTask[];
  /** Criteria that hold for all tasks of a section. */
  readonly criteria: ReadonlyMap<Section, readonly Criterion[]>;
  /** Sections with tasks in a table or in YAML. */
  readonly taskSections: ReadonlySet<Section>;
  readonly findings: readonly Finding[];
}

export interface Criterion {
  readonly text: string;
  readonly line: number;
  /** Says when the list is done, and not when one of its tasks is. */
  readonly ofList: boolean;
}

interface Collecting {
  readonly looseHeadings: boolean;
  readonly known: readonly KnownBox[];
  /** Null while lists of pictures are only looked for. */
  readonly verdict: PictureVerdict | null;
  readonly readings: PartReadings;
}

class Collector implements CollectedTasks {
  title: string | null = null;
  readonly tasks: RawTask[] = [];
  readonly criteria = new Map<Section, Criterion[]>();
  readonly taskSections = new Set<Section>();
  readonly findings: Finding[] = [];
  /** All of them, inside each other or not, while nobody has judged them. */
  readonly pictureLists: PictureList[] = [];
  private readonly looseHeadings: boolean;
  private readonly known: readonly KnownBox[];
  private readonly readings: PartReadings;
  /** Made when it is first asked for. */
  private knownTexts: ReadonlySet<string> | null = null;
  private readonly verdict: PictureVerdict | null;
  private readonly levels = new Map<RawTask, number>();
  /** How many headings of each level are no tasks. */
  private readonly chapters = new Map<number, number>();
  private section: Section = ROOT_SECTION;

  constructor({ looseHeadings, known, verdict, readings }: Collecting) {
    this.looseHeadings = looseHeadings;
    this.known = known;
    this.verdict = verdict;
    this.readings = readings;
  }

  /** A heading with a status among more without one is in a report, and says how that went. */
  withoutRemarks(): CollectedTasks {
    const beside = Map.groupBy(this.tasks, (task) => this.levels.get(task) ?? 0);
    const findings = [...this.findings];
    const tasks = this.tasks.filter((task) => {
      const { line, column, length } = task;
      const level = this.levels.get(task) ?? 0;
      if ((beside.get(level)?.length ?? 0) >= (this.chapters.get(level) ?? 0)) return true;
      const message = 'this heading has a status, and most headings like it have none';
      const remedy = 'If it is a task, begin it with an id, as in `## ABC-001: text`.';
      findings.push(finding('row_not_taken', { line, column, length }, message, remedy));
      return false;
    });
    const { title, criteria, taskSections } = this;
    return { title, tasks, criteria, taskSections, findings };
  }

  /** `before` is the block in front: a list of criteria is announced by it. */
  blocks(blocks: readonly Block[]): void {
    let before: Block | null = null;
    const ends = chapterEnds(blocks);
    for (let at = 0; at < blocks.length; at += 1) {
      const block = blocks[at] as Block;
      const end = ends[at] as number;
      if (block.kind === 'heading' && block.top && this.headingTask(block, blocks, at + 1, end)) {
        at = end - 1;
      } else {
        this.block(block, before);
      }
      before = block;
    }
  }

  /** Whether the heading is a task, with everything up to the next of its level. */
  private headingTask(
    heading: HeadingBlock,
    blocks: readonly Block[],
    from: number,
    to: number,
  ): boolean {
    if (heading.level === 1 || to - from > HEADING_BLOCKS_MAX) return false;
    let parent = this.section;
    while (parent.level >= heading.level && parent.parent !== null) parent = parent.parent;
    const doubts: Finding[] = [];
    const found = readHeadingTask(heading, blocks.slice(from, to), parent, doubts);
    if (found === null || !(found.hasId || this.looseHeadings)) return false;
    this.findings.push(...doubts);
    this.tasks.push(found.task);
    this.levels.set(found.task, heading.level);
    return true;
  }

  private block(block: Block, before: Block | null): void {
    switch (block.kind) {
      case 'heading':
        if (block.top) {
          this.section = this.readings.section(this.section, block);
          this.chapters.set(block.level, (this.chapters.get(block.level) ?? 0) + 1);
          if (block.level === 1) this.title ??= withoutMarkup(block.text);
        }
        break;
      case 'table': {
        this.take(this.read(block, (findings) => readTable(block, this.section, findings)));
        break;
      }
      case 'list':
        this.list(block, criteriaSection(this.section, before));
        break;
      case 'fence':
        this.take(
          this.read(block, (findings) =>
            readYamlTasks(block, this.section, findings).map(withText),
          ),
        );
        break;
      case 'text':
      case 'code':
      case 'html':
        break;
    }
  }

  private read(part: Part, read: ReadPart): readonly RawTask[] {
    const { tasks, findings } = this.readings.of(part, read);
    for (const noted of findings) this.findings.push(noted);
    return tasks;
  }

  private take(tasks: readonly RawTask[]): void {
    if (tasks.length > 0) this.taskSections.add(this.section);
    for (const task of tasks) this.tasks.push(task);
  }

  /** `criteriaOf`: the section whose criteria these boxes are, null when they are tasks. */
  private list(list: ListBlock, criteriaOf: Section | null): void {
    if (isLegend(list) && !this.wereTasks(list)) return;
    if (isReport(this.section)) {
      this.noteOpen(list);
      return;
    }
    if (criteriaOf === null && this.pictures(list)) return;
    for (const item of list.items) {
      const box = boxOf(item);
      if (box === null) {
        // A plain item may group boxes, or announce them as criteria.
        this.nested(item.blocks, item.lead, criteriaOf);
      } else if (criteriaOf !== null) {
        const criterion = this.criterion(plainBoxText(box), item.line, criteriaOf);
        const known = this.criteria.get(criteriaOf);
        if (known === undefined) this.criteria.set(criteriaOf, [criterion]);
        else known.push(criterion);
        this.nested(item.blocks, null, criteriaOf);
      } else {
        const read = (findings: Finding[]) => [readBoxTask(item, box, this.section, findings)];
        this.tasks.push(...this.read(item, read));
        // Steps and notes are the task's; a table inside it stands for itself.
        for (const block of item.blocks) if (block.kind === 'table') this.block(block, null);
      }
    }
  }

  private wereTasks({ items }: ListBlock): boolean {
    this.knownTexts ??= new Set(this.known.map(({ description }) => description));
    const texts = this.knownTexts;
    return items.every((item) => texts.has(plainBoxText(boxOf(item) as Box)));
  }

  /** Whether pictures are the boxes of the list. */
  private pictures(list: ListBlock): boolean {
    const pictures = pictureBoxes(list);
    if (pictures === null) return false;
    if (this.verdict === null) {
      this.picturesToJudge(list, pictures);
      return true;
    }
    const { lists, elsewhere } = this.verdict;
    const isList = lists.has(list);
    for (const { item, box } of pictures) {
      const findings: Finding[] = [];
      const task = readPictureTask(item, box, this.section, findings);
      const { taskId, line, column, length } = task;
      const known = taskId === null ? undefined : elsewhere.get(taskId);
      if (known === undefined) {
        if (!isList) continue;
        this.tasks.push(task);
        this.findings.push(...findings);
        continue;
      }
      if (isList) this.nested(item.blocks, item.lead, null);
      if (!isList && !isOpen(task)) continue;
      const message = `\`${taskId}\` is the task in line ${known}; this line is none`;
      this.findings.push(finding('duplicate_id', { line, column, length, taskId }, message));
    }
    return isList;
  }

  /** A list inside another counts only where that one is no list of tasks. */
  private picturesToJudge(list: ListBlock, pictures: readonly PictureBox[] | null): void {
    if (pictures !== null) {
      const tasks = pictures.map(({ item, box }) =>
        readPictureTask({ ...item, blocks: [] }, box, this.section, []),
      );
      this.pictureLists.push({ list, tasks });
    }
    for (const { blocks } of list.items) {
      for (const block of blocks) {
        if (block.kind === 'list') this.picturesToJudge(block, pictureBoxes(block));
      }
    }
  }

  private criterion(text: string, line: number, owner: Section): Criterion {
    const { title } = this.section;
    const own = owner === this.section || title === null;
    const label = !own && isContextLabel(title) ? `${title}: ` : '';
    return { text: label + text, line, ofList: !own && owner.level <= 1 && isWholeLabel(title) };
  }

  /** What a report leaves open may be something to do. */
  private noteOpen({ items }: ListBlock): void {
    for (const item of items) {
      if (boxOf(item)?.mark !== 'queued' || item.lead === null) continue;
      const place = { line: item.line, ...spanOf(item.lead) };
      const message = 'this open box stands in a report, and not among the tasks';
      this.findings.push(finding('row_not_taken', place, message));
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

/** Blocks below a heading that is a task: with more it is a chapter. */
const HEADING_BLOCKS_MAX = 200;

/** For each heading: the index of the next one that is no smaller, or the end. */
function chapterEnds(blocks: readonly Block[]): readonly number[] {
  const ends: number[] = [];
  const nextOf = Array.from({ length: 7 }, () => blocks.length);
  for (let at = blocks.length - 1; at >= 0; at -= 1) {
    const block = blocks[at] as Block;
    ends[at] = blocks.length;
    if (block.kind !== 'heading' || !block.top) continue;
    ends[at] = Math.min(...nextOf.slice(0, block.level + 1));
    nextOf[block.level] = at;
  }
  return ends;
}

/** A YAML block without a text has that of its heading, or says what to do to which file. */
function withText(task: RawTask, _: number, tasks: readonly RawTask[]): RawTask {
  if (task.description !== '') return task;
  const { section, fields } = task;
  const heading = tasks.length === 1 && section.title !== null ? section.title : '';
  const title = (headingLead(heading)?.rest ?? heading).trim();
  const file = fields['file'] ?? fields['path'] ?? '';
  const change = [fields['action'] ?? '', file].join(' ').trim();
  const lead = headingLead(heading)?.taskId;
  const own = lead !== undefined || change === '' ? title : '';
  return { ...task, description: own !== '' ? own : change };
}

/**
 * Boxes below `Exit criteria:` are their section's; below such a heading, and the headings below
 * that, its parent's.
 */
function criteriaSection(section: Section, before: Block | null): Section | null {
  let owner: Section | null = null;
  for (let at: Section = section; at.parent !== null; at = at.parent) {
    if (at.holdsCriteria && (at.level > 1 || at === section)) owner = at.parent;
  }
  if (owner !== null) return owner;
  return before?.kind === 'text' && isLabel(before) ? section : null;
}

/** `- [ ] pending`, `- [x] done`: what the marks mean. */
function isLegend({ items }: ListBlock): boolean {
  const saysStatus = (box: Box | null): boolean =>
    box !== null && readStatusWord(box.rest) !== null;
  if (!items.every((item) => saysStatus(boxOf(item)))) return false;
  return new Set(items.map((item) => boxOf(item)?.mark)).size > 1;
}

function isLabel(block: TextBlock): boolean {
  const lastLine = block.text.slice(block.text.lastIndexOf('\n') + 1);
  return isCriteriaLabel(lastLine);
}
