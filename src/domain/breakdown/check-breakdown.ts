import { COMPLEXITIES, type Complexity, complexityOf } from './complexity.ts';
import type { PlanFault } from './plan-faults.ts';
import { PLAN_LIMITS } from './plan-limits.ts';
import type { BreakdownPlan, CheckedBreakdown } from './plan-model.ts';
import { PlanTexts } from './plan-texts.ts';

/** Look at what a plan says of the breakdown itself; its subtasks are for `checkSubtasks`. */
export function checkBreakdown(plan: Partial<BreakdownPlan>): {
  readonly breakdown: CheckedBreakdown;
  readonly faults: readonly PlanFault[];
} {
  const texts = new PlanTexts({ index: null, key: null }, []);
  const { idLengthMax, titleLengthMax, descriptionLengthMax, contextLengthMax } = PLAN_LIMITS;
  const parentTaskId = texts.id('parentTaskId', plan.parentTaskId, idLengthMax);
  const given = texts.optional('title', plan.title, titleLengthMax);
  const said = texts.optional('description', plan.description, descriptionLengthMax);
  const description = said ?? given;
  if (description === null && texts.faults.every(({ field }) => field !== 'description')) {
    const remedy = 'Say what is to be achieved.';
    texts.fault('text_missing', 'description', 'is missing', remedy);
  }
  return {
    breakdown: {
      parentTaskId,
      title: given ?? firstLine(description ?? '', titleLengthMax),
      description: description ?? '',
      complexity: readComplexity(texts, plan.complexity),
      context: texts.optional('context', plan.context, contextLengthMax),
    },
    faults: texts.faults,
  };
}

function readComplexity(texts: PlanTexts, written: unknown): Complexity | null {
  const text = texts.optional('complexity', written, PLAN_LIMITS.labelLengthMax);
  if (text === null) return null;
  const complexity = complexityOf(text);
  if (complexity !== null) return complexity;
  const message = `${JSON.stringify(text)} is no complexity`;
  return texts.fault(
    'complexity_unknown',
    'complexity',
    message,
    `One of ${COMPLEXITIES.join(', ')}.`,
  );
}

function firstLine(text: string, lengthMax: number): string {
  const line = (text.split('\n', 1)[0] ?? '').trim();
  return line.length <= lengthMax ? line : `${line.slice(0, lengthMax - 1).trimEnd()}…`;
}
