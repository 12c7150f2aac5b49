import { checkBreakdown } from '../domain/breakdown/check-breakdown.ts';
import { checkSubtasks } from '../domain/breakdown/check-subtasks.ts';
import { planError } from '../domain/breakdown/plan-faults.ts';
import { PawlError } from '../domain/errors.ts';
import { fillTemplate } from '../templates/fill-template.ts';
import { type ParameterValues, textOfValue, valuesOf } from '../templates/parameters.ts';
import type { Template } from '../templates/template.ts';
import { type OperationContext, operation, untilAborted } from './operation.ts';
import { type PlannedBreakdown, planBreakdown } from './plan-breakdown.ts';
import { type BreakdownWish, planOf } from './subtask-wish.ts';
import {
  type NamedTemplate,
  soundTemplate,
  type TemplateContext,
  templateOnFile,
  told,
} from './template-context.ts';

export interface FillTemplate extends NamedTemplate {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Default: as the template has it. */
  readonly title?: string | null | undefined;
  readonly parentTaskId?: string | null | undefined;
  readonly signal?: AbortSignal;
}

export interface TemplatePlan {
  readonly plan: BreakdownWish;
  /** Keys of the tasks whose conditions do not hold. */
  readonly leftOut: readonly string[];
  readonly notes: readonly string[];
}

/**
 * The plan that a template becomes with these values, checked as if it were to be stored. Nothing
 * is stored.
 *
 * @throws PawlError `template_not_found`, `template_invalid`, `arguments_invalid` with every fault
 *   of the values, `plan_invalid` when what came of it is no plan, `aborted`.
 */
export async function previewTemplate(
  ctx: TemplateContext,
  input: FillTemplate,
): Promise<TemplatePlan> {
  return await operation(ctx, { operation: 'preview-template' }, async () => {
    const filled = await filledPlan(ctx, input);
    const { plan } = filled;
    const subtasks = plan.subtasks.map(planOf);
    const known = { taskIds: new Set<string>(), taken: new Set<string>() };
    const faults = [
      ...checkBreakdown({ ...plan, subtasks }).faults,
      ...checkSubtasks(subtasks, known).faults,
    ];
    if (faults.length > 0) throw planError(faults);
    return filled;
  });
}

/**
 * Plan what a template becomes with these values: one breakdown, whole or not at all, as
 * `planBreakdown` stores it.
 *
 * @throws PawlError as `previewTemplate` and `planBreakdown`.
 */
export async function instantiateTemplate(
  ctx: TemplateContext & OperationContext,
  {
    sessionId = null,
    requestKey = null,
    ...input
  }: FillTemplate & { readonly sessionId?: string | null; readonly requestKey?: string | null },
): Promise<PlannedBreakdown & Pick<TemplatePlan, 'leftOut'>> {
  const { plan, leftOut } = await operation(ctx, { operation: 'instantiate-template' }, () =>
    filledPlan(ctx, input),
  );
  const { signal } = input;
  const about = { plan, sessionId, requestKey, source: 'template' };
  return {
    ...(await planBreakdown(ctx, signal === undefined ? about : { ...about, signal })),
    leftOut,
  };
}

async function filledPlan(ctx: TemplateContext, input: FillTemplate): Promise<TemplatePlan> {
  const { read } = await untilAborted(templateOnFile(ctx, input), input.signal);
  const template = soundTemplate(read, input.templateId);
  const { values, faults } = valuesOf(template.parameters, input.parameters);
  if (faults.length > 0) {
    const lines = faults.map(({ place, message }) => {
      return `${place === '' ? 'parameters' : `parameters.${place}`}: ${message}`;
    });
    throw new PawlError('arguments_invalid', told(lines), { details: { faults: lines } });
  }
  const { leftOut, ...filled } = fillTemplate(template, values);
  const plan = {
    ...filled,
    ...{ parentTaskId: input.parentTaskId ?? null, title: input.title ?? filled.title },
    context: contextOf(input.templateId, template, values),
  };
  return { plan, leftOut, notes: read.notes };
}

/** What whoever does a subtask can know of it: the values, whatever the texts made of them. */
function contextOf(templateId: string, { version }: Template, values: ParameterValues): string {
  const lines = [...values].map(([name, value]) => `- ${name}: ${textOfValue(value)}`);
  const head = `Planned from the template ${templateId} ${version}`;
  return lines.length === 0 ? `${head}.` : [`${head}, with`, ...lines].join('\n');
}
