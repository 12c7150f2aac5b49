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
  if (type === 'array') return ['Thing'];
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

  /** What a call of the older server gave its library, where it is not just any text. */
  const OLDER: Readonly<Record<string, object>> = {
    software_project_setup: {
      ...{ project_name: 'a-b', language: 'rust', framework: 'f', repository_url: 'u' },
      ...{ target_platform: 'web', team_size: 20 },
    },
    feature_development_workflow: {
      ...{ feature_name: 'abc', feature_description: 'x'.repeat(1_000), priority: 'critical' },
      ...{ target_users: 'u', estimated_complexity: 'very_complex' },
    },
    orchestrator_feature_development: {
      ...{ feature_name: 'abc', feature_type: 'mcp-tool', architecture_layer: 'domain' },
      breaking_change: true,
    },
    market_research_analysis: {
      ...{ market_segment: 'abc', geographic_scope: 'global', budget_range: 'low' },
      ...{ research_objectives: ['a', 'b'], timeline_weeks: 52 },
    },
    content_creation_workflow: {
      ...{ content_type: 'article', target_audience: 'x'.repeat(200), content_topic: 'abcde' },
      ...{ content_length: 'long', publication_platform: 'p', seo_focus: false },
    },
    design_project_workflow: {
      ...{ project_type: 'ui_ux', client_name: 'ab', project_scope: 'small' },
      ...{ target_deadline: '2026-01-31', revision_rounds: 5 },
    },
    project_planning_template: {
      ...{ project_name: 'abc', project_type: 'research', project_duration: 'ongoing' },
      ...{ team_size: 50, budget_available: false, stakeholder_count: 20 },
    },
    basic_project_setup: {
      ...{ project_name: 'ab', project_type: 'cli', language: 'go' },
      ...{ include_tests: false, include_docs: false },
    },
    code_review_process: {
      ...{ pr_number: '12', reviewer_name: 'ab', review_type: 'architecture', urgency: 'low' },
    },
    bug_investigation: { bug_id: 'x', severity: 'low', component: 'ab', reporter: 'r' },
    research_base: { research_topic: 'x'.repeat(200), deadline: '2026-01-31' },
    market_research: {
      ...{ research_topic: 'abcde', deadline: '2026-01-31', market_segment: 'abc' },
      ...{ geographic_scope: 'local', budget_range: '1k-5k' },
    },
  };

  it.each(builtInIds())('%s takes what the older one of that name took', async (id) => {
    const { template } = await read(id);
    const { faults } = valuesOf(template?.parameters ?? [], OLDER[id] as Record<string, unknown>);
    expect(faults).toEqual([]);
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
