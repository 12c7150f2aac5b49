import { describe, expect, it } from 'vitest';
import { checkSubtasks } from '../../domain/breakdown/check-subtasks.ts';
import { fillTemplate } from '../fill-template.ts';
import { valuesOf } from '../parameters.ts';
import { readTemplate } from '../read-template.ts';
import { TEMPLATE_LIMITS, type TemplateParameter } from '../template.ts';
import { LIBRARY_GROUPS } from './built-in.ts';
import { builtInIds, builtInText } from './library.ts';

const read = async (id: string) =>
  await readTemplate(builtInText(id) as string, (parent) => Promise.resolve(builtInText(parent)));

/** Something that each parameter allows. */
function anyValue({ type, allowed, name }: TemplateParameter): unknown {
  if (allowed !== null) return allowed[0];
  if (type !== 'string') return type === 'number' ? 1 : true;
  return name === 'deadline' ? '2026-01-31' : 'Thing';
}

describe('the templates that come with Pawl', () => {
  it('have the names that the older library had, each in a group', () => {
    const inGroups = LIBRARY_GROUPS.flatMap((group) => builtInIds(group));
    expect(inGroups.toSorted()).toEqual([...builtInIds()].toSorted());
    expect(builtInIds()).toEqual([
      ...['software_project_setup', 'feature_development_workflow'],
      ...['orchestrator_feature_development', 'market_research_analysis'],
      ...['content_creation_workflow', 'design_project_workflow', 'project_planning_template'],
      ...['basic_project_setup', 'code_review_process', 'bug_investigation', 'research_base'],
      'market_research',
    ]);
    expect(builtInText('nobody')).toBe(null);
    expect(builtInText('constructor')).toBe(null);
  });

  it.each(builtInIds())(
    '%s is sound, and becomes a plan with all said and with little',
    async (id) => {
      const { template, faults, notes } = await read(id);
      expect({ faults, notes }).toEqual({ faults: [], notes: [] });
      const { parameters = [], tasks = [] } = template ?? {};
      expect(parameters.every(({ description }) => description !== null)).toBe(true);
      const most = Object.fromEntries(parameters.map((one) => [one.name, anyValue(one)]));
      const least = parameters.filter(
        ({ required, default: first }) => required && first === undefined,
      );
      const given = [most, Object.fromEntries(least.map((one) => [one.name, anyValue(one)]))];
      for (const one of given) {
        const { values, faults: amiss } = valuesOf(parameters, one);
        expect(amiss).toEqual([]);
        const { subtasks, leftOut } = fillTemplate(
          template as NonNullable<typeof template>,
          values,
        );
        expect(subtasks.length + leftOut.length).toBe(tasks.length);
        expect(subtasks.length).toBeGreaterThan(3);
        expect(JSON.stringify(subtasks)).not.toContain('{{');
        const known = { taskIds: new Set<string>(), taken: new Set<string>() };
        const plan = subtasks.map(({ verify: _verify, ...subtask }) => subtask);
        expect(checkSubtasks(plan, known).faults).toEqual([]);
      }
      expect((builtInText(id) ?? '').length).toBeLessThan(TEMPLATE_LIMITS.bytesMax / 10);
    },
  );
});
