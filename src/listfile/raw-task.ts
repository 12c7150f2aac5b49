import type { ListMark } from '../domain/tasklist/model.ts';
import type { ClauseKey } from './clauses.ts';
import type { MarkPlace } from './mark-place.ts';
import type { Section } from './section.ts';

/** A line read as a task, before ids are made unique and references are resolved. */
export interface RawTask {
  /** Null for a check box without an id. */
  readonly taskId: string | null;
  readonly from: 'table' | 'box';
  readonly description: string;
  readonly section: Section;
  readonly line: number;
  readonly column: number;
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
}

export interface RawStep {
  readonly text: string;
  readonly done: boolean;
}
