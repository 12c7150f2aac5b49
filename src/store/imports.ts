import type { ImportedPlan, ImportFinding, SourceKind } from '../domain/importing/imported-plan.ts';
import type { Call } from './call.ts';

/** The verbs of imports; the store has them beside those of the queue. */
export interface ImportVerbs {
  /** Take over a plan of another program, or bring it up to date: all of it or nothing. */
  importPlan(input: ImportPlan, call?: Call): Promise<PlanImport>;
  /** What `importPlan` would do with the same input, by the same comparison. */
  previewImport(input: ImportPlan, call?: Call): Promise<PlanImport>;
  /** Read an imported plan again and compare it with its source. */
  checkImport(input: ImportPlan, call?: Call): Promise<ImportCheck>;
  /** What was taken over from a source already. */
  importedKeys(source: string, call?: Call): Promise<ImportedKeys>;
}

export interface ImportPlan {
  /** Names the source for ever, wherever it is looked at from. */
  readonly source: string;
  readonly kind: SourceKind;
  readonly plan: ImportedPlan;
  /** The parent's id where another plan has the plan's own. */
  readonly otherId: string;
}

/** What an import does, did or would do with one plan. */
export interface PlanImport {
  readonly parentTaskId: string;
  /** Null where it would be made. */
  readonly listId: string | null;
  readonly list: string;
  /** Of the plan's own text. */
  readonly change: 'added' | 'updated' | 'same' | 'kept';
  readonly tasks: readonly ImportedTaskOutcome[];
  readonly findings: readonly ImportFinding[];
}

export interface ImportedTaskOutcome {
  /** In the list; in the source it may be called otherwise. */
  readonly taskId: string;
  readonly id: string | null;
  readonly change: 'added' | 'updated' | 'same' | 'kept';
}

/** What is stored of an imported plan, read again. */
export interface ImportCheck {
  readonly tasks: number;
  /** Of everything that was taken, as it is stored and as the source has it: equal. */
  readonly checksum: string;
  /** Tasks whose stored state is not what the source says, and was not changed here. */
  readonly wrong: readonly string[];
}

/** Whatever was taken over from a source: plans and tasks by their names in it. */
export interface ImportedKeys {
  readonly plans: ReadonlySet<string>;
  /** `JSON.stringify([plan, task])`. */
  readonly tasks: ReadonlySet<string>;
}
