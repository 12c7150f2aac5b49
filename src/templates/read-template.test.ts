import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testDepth } from '../../test/support/test-depth.ts';
import { faultLines, readTemplate } from './read-template.ts';
import { TEMPLATE_LIMITS } from './template.ts';

/** As the older server keeps them: comments, quotes of both kinds, its own notes. */
const OLDER = `
// A review
{
  metadata: {
    name: 'Review of {{change}}', version: 1.1, description: "Look at a change", author: 'A',
    category: 'quality', tags: ['review',], estimated_duration: '2 hours',
  },
  parameters: {
    change: { type: 'string', description: 'Which one', required: true, pattern: '^[\\\\w-]+$' },
    kind: { type: 'string', required: false, default: 'plain', allowed_values: ['plain', 'deep'] },
    /* never asked for by anybody */
    urgent: { type: 'boolean', default: false },
  },
  tasks: {
    review: {
      title: 'Review {{change}}', type: 'review', specialist_type: 'reviewer',
      children: {
        read: { title: 'Read it', estimated_effort: '1 hour', checklist: ['names', 'tests'] },
        try: { title: 'Try it', dependencies: ['read'] },
      },
    },
    tell: { title: 'Tell', description: 'A {{kind}} answer', dependencies: 'review' },
  },
  milestones: {},
  _storage: { template_id: 'x' },
}`;

const LIBRARY: Readonly<Record<string, string>> = {
  older: OLDER,
  loop: '{metadata: {extends: "loop"}, tasks: {}}',
  broken: '{',
};

const read = async (text: string | object) =>
  await readTemplate(typeof text === 'string' ? text : JSON.stringify(text), (id) =>
    Promise.resolve(Object.hasOwn(LIBRARY, id) ? (LIBRARY[id] ?? null) : null),
  );

const lines = async (text: string | object): Promise<readonly string[]> =>
  faultLines((await read(text)).faults);

const METADATA = { name: 'N', version: '1', description: 'D' };
const withTasks = (tasks: unknown, more: object = {}) => ({ metadata: METADATA, tasks, ...more });

describe('a template', () => {
  it('is read as the older server kept it', async () => {
    const { template, faults, notes } = await read(OLDER);
    expect(faults).toEqual([]);
    expect(notes).toEqual(['not used: milestones, metadata.estimated_duration, tasks.type']);
    expect(template).toMatchObject({
      ...{ name: 'Review of {{change}}', version: '1.1', title: 'Review of {{change}}' },
      parameters: [
        { name: 'change', type: 'string', required: true, pattern: '^[\\w-]+$' },
        { name: 'kind', required: false, default: 'plain', allowed: ['plain', 'deep'] },
        { name: 'urgent', type: 'boolean', required: true, default: false },
      ],
      tasks: [
        { path: 'review.read', key: 'read', acceptance: ['names', 'tests'], waitsFor: [] },
        { path: 'review.try', key: 'try', waitsFor: ['review.read'] },
        { path: 'review', waitsFor: ['review.read', 'review.try'], specialistType: 'reviewer' },
        { path: 'tell', waitsFor: ['review'] },
      ],
    });
  });

  it('says itself before what it extends, part by part', async () => {
    const { template } = await read({
      metadata: { extends: 'older', name: 'Mine' },
      parameters: { kind: { default: 'deep' } },
      tasks: { tell: { title: 'Say nothing' } },
    });
    expect(template).toMatchObject({
      name: 'Mine',
      version: '1.1',
      description: 'Look at a change',
    });
    expect(template?.parameters).toMatchObject([{}, { default: 'deep', allowed: null }, {}]);
    expect(template?.tasks.map(({ title }) => title)).toEqual([
      ...['Read it', 'Try it', 'Review {{change}}', 'Say nothing'],
    ]);
  });

  it.each([
    ['loop', 'loop extends loop, and so on for ever'],
    ['nobody', 'there is no template nobody'],
    ['../user/older', 'there is no template ../user/older'],
    ['broken', 'broken: no JSON5'],
  ])('that extends %s is refused', async (parent, message) => {
    const found = await lines({ metadata: { extends: parent }, tasks: {} });
    expect(found).toEqual([expect.stringContaining(`metadata.extends: ${message}`)]);
  });

  it('has every fault named with its place', async () => {
    const tasks = {
      a: { title: ' ', dependencies: ['b', 'bb'] },
      b: { title: 'B {{hoo}}', when: 'nope', verify: 'test {{who}}' },
      'c d': { title: 'C', children: [], priority: 7 },
    };
    const parameters = {
      who: { type: 'text' },
      '1st': {},
      n: { type: 'number', default: 'one' },
      p: { pattern: '(?=a)' },
    };
    expect(await lines(withTasks(tasks, { metadata: { name: 'N' }, parameters }))).toEqual([
      expect.stringContaining('metadata.description: '),
      'metadata.version: is neither a text nor a number',
      expect.stringContaining('parameters.who.type: '),
      expect.stringContaining('parameters.1st: a name has letters'),
      'parameters.n.default: is no number',
      expect.stringContaining('parameters.p.pattern: is no regular expression of RE2'),
      expect.stringContaining('tasks.a.title: '),
      expect.stringContaining('tasks.c d: a key has letters'),
      expect.stringContaining('tasks.c d.priority: '),
      'tasks.b.title: there is no parameter hoo',
      'tasks.b.when: there is no parameter nope',
      'tasks.b.verify: give it as a list of words, so that a value stays one of them',
    ]);
  });

  it('waits for whom its author meant: a path, a sibling, the only one of that name', async () => {
    const part = (dependencies: readonly string[] = []) => ({ title: 'T', dependencies });
    const tasks = {
      one: { title: 'One', children: { plan: part(), build: part(['plan']) } },
      two: {
        title: 'Two',
        dependencies: ['one'],
        children: { plan: part(), ship: part(['plan']) },
      },
      end: part(['ship', 'one.plan']),
    };
    const { template } = await read(withTasks(tasks));
    const waits = new Map(template?.tasks.map(({ path, waitsFor }) => [path, waitsFor]));
    expect(Object.fromEntries(waits)).toEqual({
      'one.plan': [],
      'one.build': ['one.plan'],
      one: ['one.plan', 'one.build'],
      'two.plan': ['one'],
      'two.ship': ['two.plan', 'one'],
      two: ['one', 'two.plan', 'two.ship'],
      end: ['two.ship', 'one.plan'],
    });
    expect(template?.tasks.map(({ key }) => key)).toContain('two.plan');
    expect(await lines(withTasks({ ...tasks, end: part(['plan', 'shop']) }))).toEqual([
      'tasks.end.dependencies: several are called plan: one.plan or two.plan',
      'tasks.end.dependencies: no task is called shop; did you mean ship?',
    ]);
  });

  it('has no circle', async () => {
    const circle = {
      a: { title: 'A', dependencies: ['b'] },
      b: { title: 'B', dependencies: ['a'] },
    };
    expect(await lines(withTasks(circle))).toEqual(['tasks: a waits for b waits for a']);
    const inside = { a: { title: 'A', children: { b: { title: 'B', dependencies: ['a'] } } } };
    expect(await lines(withTasks(inside))).toEqual([expect.stringContaining('waits for')]);
  });

  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });

  it.each([
    ['nothing', '', 'no JSON5'],
    ['half of it', '{metadata: {', 'no JSON5'],
    ['a list', '[]', 'a template is an object'],
    ['too much', `{a: '${'x'.repeat(TEMPLATE_LIMITS.bytesMax)}'}`, 'bytes; 100000 are the most'],
    ['a long text', `{a: '${'x'.repeat(10_001)}'}`, 'a: has 10001 characters'],
    ['what lies too deep', deep(21), 'lies deeper than 20 levels'],
    ['many keys', Object.fromEntries([...Array(501).keys()].map((at) => [`k${at}`, 1])), '501'],
    ['many items', { a: Array(1_001).fill(1) }, 'a: has 1001 entries'],
    ['a very deep list', '['.repeat(49_000) + ']'.repeat(49_000), 'a template is an object'],
    ['a deep part', `{a: ${'['.repeat(40_000)}${']'.repeat(40_000)}}`, 'deeper than 20 levels'],
    ['the key of a prototype', '{"__proto__": {metadata: 1}}', '__proto__: this cannot be a name'],
    ['half a character', '{"a": "\\ud800"}', 'half a character'],
    ['no tasks', { metadata: METADATA, tasks: {} }, 'tasks: there is no task'],
    ['a list of tasks', withTasks([{ title: 'A' }]), 'tasks: is no object of tasks by their keys'],
  ])('of %s is refused', async (_what, text, message) => {
    expect((await lines(text as string | object)).join('\n')).toContain(message);
  });

  it('takes keys that objects have by themselves as names like others', async () => {
    const tasks = {
      constructor: { title: 'C' },
      toString: { title: 'T', dependencies: ['constructor'] },
    };
    const { template, faults } = await read(withTasks(tasks));
    expect(faults).toEqual([]);
    expect(template?.tasks).toMatchObject([{ waitsFor: [] }, { waitsFor: ['constructor'] }]);
    expect(await lines(withTasks({ a: { title: 'A', dependencies: ['valueOf'] } }))).toEqual([
      'tasks.a.dependencies: no task is called valueOf',
    ]);
  });

  it('never throws, whatever the text is, and takes little time for the worst', async () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('t', '{{x}}', 1, null, true, '!x', Number.NaN),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(
          fc.constantFrom(
            ...['metadata', 'name', 'tasks', 'parameters', 'title', 'children', 'when', 'verify'],
            ...['dependencies', 'default', 'extends', '__proto__', 'constructor', 'a'],
          ),
          tie('any'),
        ),
      ),
    })).any;
    const numRuns = testDepth.pick({ reduced: 100, full: 5_000 });
    const isRead = async (one: unknown): Promise<void> => {
      const { template, faults } = await read(withTasks({ a: one }, { parameters: one as object }));
      expect(template === null).toBe(faults.length > 0);
      expect((await read(JSON.stringify(one) ?? '')).faults.length).toBeGreaterThan(0);
    };
    await fc.assert(fc.asyncProperty(value, isRead), { numRuns });
    const names = Array.from({ length: 490 }, (_, at) => `${'n'.repeat(60)}${at}`);
    const missing = names.slice(0, 400).map((name) => `m${name}`);
    const tasks = Object.fromEntries(names.map((name) => [name, { title: 'T' }]));
    const first = { title: 'T', dependencies: missing };
    expect((await lines(withTasks({ ...tasks, first }))).length).toBe(400);
  });
});
