import type { ListMark } from '../../domain/tasklist/model.ts';
import type { ClauseKey } from './clauses.ts';
import type { MarkPlace } from './mark-place.ts';
import type { Section } from './section.ts';

/** A line read as a task, before ids are made unique and references are resolved. */
export interface RawTask {
  /** Null for a line without an id. */
  readonly taskId: string | null;
  /** `bare-table`: one without a column of ids. */
  readonly from: 'table' | 'bare-table' | 'box' | 'yaml' | 'heading';
  readonly description: string;
  readonly section: Section;
  /** Of the id, or of the text where there is none. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Where the mark stands in another line than `line`. */
  readonly markLine?: number;
  readonly mark: ListMark;
  readonly place: MarkPlace | null;
  /** In the order written: columns, then clauses of the text, then clauses of nested lines. */
  readonly settings: readonly Setting[];
  readonly steps: readonly RawStep[];
  readonly criteria: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

/** A value for a key, raw, with where it was written. */
export interface Setting {
  readonly key: ClauseKey;
  readonly value: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Written as a value of YAML, where a command may be a list of words. */
  readonly yaml?: true;
  /** A line in words, which is also kept as a note: it names no ids, and nobody edits it. */
  readonly prose?: true;
}

export interface RawStep {
  readonly text: string;
  readonly done: boolean;
}
