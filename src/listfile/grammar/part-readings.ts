import type { Finding } from '../../domain/tasklist/model.ts';
import type { Block, HeadingBlock, ListItem } from './outline.ts';
import type { RawTask } from './raw-task.ts';
import { enterSection, type Section } from './section.ts';

/** What stands in the parts of a document: who goes through it twice reads each of them once. */
export class PartReadings {
  private readonly sections = new Map<HeadingBlock, Section>();
  private readonly parts = new Map<Part, PartReading>();

  of(part: Part, read: ReadPart): PartReading {
    const known = this.parts.get(part);
    if (known !== undefined) return known;
    const findings: Finding[] = [];
    const reading = { tasks: read(findings), findings };
    this.parts.set(part, reading);
    return reading;
  }

  section(around: Section, heading: HeadingBlock): Section {
    const known = this.sections.get(heading);
    if (known !== undefined) return known;
    const section = enterSection(around, heading);
    this.sections.set(heading, section);
    return section;
  }
}

export type Part = Block | ListItem;
export type ReadPart = (findings: Finding[]) => readonly RawTask[];

interface PartReading {
  readonly tasks: readonly RawTask[];
  readonly findings: readonly Finding[];
}
