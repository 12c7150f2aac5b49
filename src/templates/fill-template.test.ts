import { describe, expect, it } from 'vitest';
import { fillTemplate } from './fill-template.ts';
import { valuesOf } from './parameters.ts';
import { faultLines, readTemplate } from './read-template.ts';
import type { Template } from './template.ts';

const templateOf = async (parts: object): Promise<Template> => {
  const metadata = {
    name: 'For {{who}}',
    version: '1',
    description: 'D',
    complexity: 'Very Complex',
  };
  const text = JSON.stringify({ metadata, ...parts });
  const { template, faults } = await readTemplate(text, () => Promise.resolve(null));
  expect(faults).toEqual([]);
  return template as Template;
};

const filled = async (parts: object, given: object) => {
  const template = await templateOf(parts);
  const { values, faults } = valuesOf(template.parameters, given as Record<string, unknown>);
  expect(faults).toEqual([]);
  return fillTemplate(template, values);
};

const faultsOf = async (parameters: object, given: object): Promise<readonly string[]> => {
  const template = await templateOf({
    parameters: { who: { required: false }, ...parameters },
    tasks: { a: { title: 'A' } },
  });
  return faultLines(valuesOf(template.parameters, given as Record<string, unknown>).faults);
};

const WHO = { who: {} };

describe('filling a template', () => {
  it('puts every value where its parameter is named, and looks at it no further', async () => {
    const parameters = {
      ...{ who: {}, n: { type: 'number', default: 3 }, yes: { type: 'boolean', default: true } },
      ...{ list: { type: 'array', required: false }, map: { type: 'object', required: false } },
      role: { required: false },
    };
    const task = {
      ...{ title: 'For {{ who }}: {{n}}, {{yes}}', description: '[{{list}}] {{map}} {{role}}.' },
      ...{ specialist_type: 'tester', estimated_effort: '{{n}} hours', priority: 'high' },
      ...{ labels: ['{{role}}', 'l-{{n}}'], acceptance: ['{{who}} is pleased'] },
      verify: ['check', '{{who}}'],
    };
    const given = { who: '{{n}} and $& me', list: ['a', 2], map: { k: [1] } };
    const { title, complexity, subtasks } = await filled({ parameters, tasks: { a: task } }, given);
    expect({ title, complexity }).toEqual({
      ...{ title: 'For {{n}} and $& me', complexity: 'very_complex' },
    });
    expect(subtasks).toEqual([
      {
        ...{ key: 'a', title: 'For {{n}} and $& me: 3, true', specialistType: 'tester' },
        ...{ description: '[a, 2] {"k":[1]} .', estimatedEffort: '3 hours', priority: 'high' },
        ...{ labels: ['l-3'], acceptance: ['{{n}} and $& me is pleased'], dependencies: [] },
        verify: ['check', '{{n}} and $& me'],
      },
    ]);
  });

  it('has a complexity that may be filled in, and none where it is none', async () => {
    const metadata = { name: 'N', version: '1', description: 'D', complexity: '{{who}}' };
    const parts = { metadata, parameters: WHO, tasks: { a: { title: 'A' } } };
    expect((await filled(parts, { who: 'simple' })).complexity).toBe('simple');
    expect((await filled(parts, { who: 'a lot' })).complexity).toBe(null);
  });

  const CONDITIONS = {
    parameters: {
      ...{ who: {}, docs: { type: 'boolean', default: true } },
      level: { default: 'low', enum: ['low', 'high'] },
    },
    tasks: {
      build: { title: 'Build' },
      check: { title: 'Check', dependencies: ['build'], when: { level: ['high'], docs: true } },
      docs: {
        ...{ title: 'Docs', dependencies: ['check'], when: 'docs' },
        children: { guide: { title: 'Guide' }, page: { title: 'Page', when: { level: 'high' } } },
      },
      quick: { title: 'No docs', when: '!docs' },
      ship: { title: 'Ship', dependencies: ['docs', 'quick'] },
    },
  };

  it.each([
    [{}, { build: [], guide: ['build'], docs: ['guide', 'build'], ship: ['docs'] }],
    [
      { level: 'high' },
      {
        ...{ build: [], check: ['build'], guide: ['check'], page: ['check'] },
        ...{ docs: ['check', 'guide', 'page'], ship: ['docs'] },
      },
    ],
    [{ docs: false }, { build: [], quick: [], ship: ['quick', 'build'] }],
  ])('with %j plans what its conditions ask for, in the same order', async (given, expected) => {
    const { subtasks, leftOut } = await filled(CONDITIONS, { who: 'me', ...given });
    expect(Object.fromEntries(subtasks.map((one) => [one.key, one.dependencies]))).toEqual(
      expected,
    );
    expect(leftOut.length + subtasks.length).toBe(7);
  });

  it('has a value that is empty or 0 as one that does not hold', async () => {
    const tasks = { a: { title: 'A' }, b: { title: 'B', when: 'x' } };
    for (const [type, empty, full] of [
      ['string', '', 'x'],
      ['number', 0, 1],
      ['array', [], [0]],
      ['object', undefined, {}],
    ] as const) {
      const parameters = { ...WHO, x: { type, required: false } };
      const of = async (x: unknown) =>
        (await filled({ parameters, tasks }, { who: 'me', x })).leftOut;
      expect(await of(empty)).toEqual(['b']);
      expect(await of(full)).toEqual([]);
    }
  });

  it('is refused before it becomes any size', async () => {
    const tasks = { a: { title: 'A', description: '{{who}}'.repeat(1_000) } };
    const long = { who: 'x'.repeat(9_000) };
    await expect(filled({ parameters: WHO, tasks }, long)).rejects.toMatchObject({
      ...{ code: 'arguments_invalid', message: expect.stringContaining('1000000 characters') },
    });
  });
});

describe('the values for a template', () => {
  it.each([
    [{ n: { type: 'number', min: 1, max_value: 3 } }, { n: 0 }, ['n: is less than 1']],
    [{ n: { type: 'number', min: 1, max_value: 3 } }, { n: 4 }, ['n: is more than 3']],
    [{ n: { type: 'number' } }, { n: '4' }, ['n: is no number']],
    [{ n: { type: 'number' } }, { n: Number.NaN }, ['n: is no number that can be written']],
    [{ s: { min_length: 2, max_length: 3 } }, { s: 'a' }, ['s: is shorter than 2']],
    [{ s: { min_length: 2, max_length: 3 } }, { s: 'abcd' }, ['s: is longer than 3']],
    [{ s: { pattern: '^[a-z]+$' } }, { s: 'A' }, ['s: does not match ^[a-z]+$']],
    [{ s: { enum: ['a', 'b'] } }, { s: 'c' }, ['s: may be "a", "b"']],
    [{ s: {} }, { s: 'x'.repeat(10_001) }, ['s: is longer than 10000']],
    [{ s: { pattern: 'x*' } }, { s: 'x'.repeat(1_001) }, ['s: is longer than 1000']],
    [{ s: { description: 'the name' } }, {}, ['s: is needed: the name']],
    [{ s: {} }, { s: null }, ['s: is needed: string']],
    [{ s: { required: false } }, { t: 1 }, ['t: there is no parameter t; did you mean s?']],
    [
      { b: { type: 'boolean' } },
      { b: 'true', constructor: 1 },
      expect.arrayContaining(['b: is no boolean']),
    ],
    [
      { o: { type: 'object' }, l: { type: 'array' } },
      { o: [], l: {} },
      ['o: is no object', 'l: is no array'],
    ],
    [{}, { who: 'y', big: ['x'.repeat(100_000)] }, [': longer than 100000 characters'.slice(2)]],
  ])('%j with %j: %j', async (parameters, given, expected) => {
    expect(await faultsOf(parameters, given)).toEqual(expected);
  });

  it('are the defaults where nothing is said', async () => {
    const parameters = { who: {}, n: { type: 'number', default: 3 }, x: { required: false } };
    const template = await templateOf({ parameters, tasks: { a: { title: 'A' } } });
    const { values } = valuesOf(template.parameters, { who: 'me' });
    expect([...values]).toEqual([
      ['who', 'me'],
      ['n', 3],
    ]);
  });
});
