import type { ImportedPlan, ImportedStatus } from '../domain/importing/imported-plan.ts';
import type { FoundSource } from '../importing/find-sources.ts';
import { OLDER_FOLDER } from '../importing/older/older-folder.ts';
import { readSource } from '../importing/read-source.ts';
import { importArtifacts } from './import-artifacts.ts';
import { importInput, importLock, type Outcome, sourceId } from './import-identity.ts';
import { underEditLock } from './list-edit-lock.ts';
import type { ProjectContext } from './operation.ts';

/** A task that is still only in the older store of the project. */
export interface OlderTask {
  readonly source: 'legacy';
  readonly taskId: string;
  readonly parentTaskId: string;
  readonly title: string;
  readonly status: ImportedStatus;
  readonly archived: boolean;
}

/** What a project's older store still has, while both are in use. */
export interface OlderTasks {
  /** Tasks that were not taken over yet. Costs one look at the disk where there is no store. */
  pending(): Promise<readonly OlderTask[]>;
  /**
   * Take over the plans in which somebody means a task by `ref`, each as a whole: its dependencies
   * come along. False when the older store has no such task.
   */
  takeOver(ref: string): Promise<boolean>;
}

/** Reading from both: the store of Pawl, and the `.task_orchestrator` beside it. */
export function readOlderTasks(ctx: ProjectContext): OlderTasks {
  const place = `${ctx.root}/${OLDER_FOLDER}`;
  const source: FoundSource = { kind: 'older-orchestrator', form: 'store', place };
  const id = sourceId(ctx.root, place, source.kind);
  const read = () => readSource(ctx.world, source, { scratchDir: `${ctx.stateDir}/importing` });
  const isThere = async () => (await ctx.world.files.facts(place))?.kind === 'directory';
  const left = async (plans: readonly ImportedPlan[]) => {
    const { tasks } = await ctx.store.importedKeys(id);
    return (plan: ImportedPlan, taskId: string): boolean =>
      plans.includes(plan) && !tasks.has(JSON.stringify([plan.key, taskId]));
  };
  return {
    pending: async () => {
      if (!(await isThere())) return [];
      const { plans } = await read();
      const isLeft = await left(plans);
      return plans.flatMap((plan) =>
        plan.tasks
          .filter(({ taskId }) => isLeft(plan, taskId))
          .map(({ taskId, title, status, archived }) => ({
            ...{ source: 'legacy' as const, taskId, parentTaskId: plan.planId, title, status },
            archived: archived !== null || plan.archived !== null,
          })),
      );
    },
    takeOver: async (ref) => {
      if (!(await isThere())) return false;
      const lock = { kind: 'stored', store: ctx.store, name: importLock(id) } as const;
      // Read within the lock: whoever read earlier must not write later.
      return await underEditLock(ctx.world, lock, {}, async () => {
        const reading = await read();
        const isLeft = await left(reading.plans);
        const meant = reading.plans.filter((plan) =>
          plan.tasks.some(({ taskId }) => taskId === ref && isLeft(plan, taskId)),
        );
        const outcomes: Outcome[] = [];
        for (const plan of meant) {
          const input = importInput(ctx.root, reading, plan);
          const outcome = await ctx.store.importPlan(input);
          outcomes.push({ input, outcome, verified: await ctx.store.checkImport(input) });
        }
        await importArtifacts(ctx, { outcomes });
        // Somebody else may have taken it over while this waited: then it is there as well.
        return reading.plans.some(({ tasks }) => tasks.some(({ taskId }) => taskId === ref));
      });
    },
  };
}
