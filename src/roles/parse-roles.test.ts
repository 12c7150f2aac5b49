import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRoles, ROLE_LIMITS } from './parse-roles.ts';
import { ROLE_FINDINGS } from './role.ts';

/** As the older server ships it. */
const OLDER = `
task_orchestrator:
  role_definition: You are a Task Orchestrator
  specialist_roles:
    architect: System design
  expertise: [Breaking down, Tracking]
architect:
  role_definition: |
    You are an Architect.
    You design.
  expertise:
    - System design
    - Trade-offs
  approach:
    - Think first
  output_format: A design document
`;

const found = (text: string) =>
  parseRoles(text, 'r.yaml').findings.map(({ code, line }) => [code, line]);

describe('a role file', () => {
  it('is read in the form of the older server', () => {
    const { parts, findings } = parseRoles(OLDER, 'r.yaml');
    expect(findings).toEqual([]);
    expect(parts).toEqual([
      {
        name: 'task_orchestrator',
        definition: 'You are a Task Orchestrator',
        expertise: ['Breaking down', 'Tracking'],
      },
      {
        name: 'architect',
        definition: 'You are an Architect.\nYou design.',
        expertise: ['System design', 'Trade-offs'],
        approach: ['Think first'],
        outputFormat: 'A design document',
      },
    ]);
  });

  it('may say a part only, write lists as lines, and share parts', () => {
    const text = `base: &base
  approach: "- one\\n* two\\n\\nthree"
Security Expert:
  <<: *base
  output_format: 7
also: *base
`;
    expect(parseRoles(text, 'r.yaml')).toEqual({
      parts: [
        { name: 'base', approach: ['one', 'two', 'three'] },
        { name: 'security_expert', approach: ['one', 'two', 'three'], outputFormat: '7' },
        { name: 'also', approach: ['one', 'two', 'three'] },
      ],
      findings: [],
    });
  });

  it('may be empty', () => {
    for (const text of ['', '# nothing\n', '---\n']) {
      expect(parseRoles(text, 'r.yaml')).toEqual({ parts: [], findings: [] });
    }
  });

  it.each([
    ['- a\n- b\n', [['role_file_invalid', 1]]],
    ['just a text', [['role_file_invalid', 1]]],
    ['a:\n  expertise: {x: 1}\n', [['role_field_invalid', 2]]],
    ['a:\n  expertise: [[1], 2]\n', [['role_field_invalid', 2]]],
    ['a:\n  role_definition: [x]\n', [['role_field_invalid', 2]]],
    ['a:\n  role_definition:\n', [['role_field_invalid', 2]]],
    ['a: text\n', [['role_field_invalid', 1]]],
    ['a:\n', [['role_field_invalid', 1]]],
    ['a:\n  colour: red\n', [['role_field_unknown', 2]]],
    ['"":\n  approach: x\n', [['role_name_invalid', 1]]],
    ['../x:\n  approach: x\n', [['role_name_invalid', 1]]],
    ['__proto__:\n  approach: x\n', [['role_name_invalid', 1]]],
    ['? [a]\n: {approach: x}\n', [['role_name_invalid', 1]]],
    ['A b:\n  approach: x\n\na-b:\n  approach: y\n', [['role_twice', 4]]],
    ['a: *nothing\n', [['role_file_invalid', 1]]],
    [`a:\n  role_definition: ${'x'.repeat(8_001)}\n`, [['role_too_large', 2]]],
    [`a:\n  approach: [${'x, '.repeat(51)}]\n`, [['role_too_large', 2]]],
  ])('tells with its line what is amiss: %j', (text, findings) => {
    expect(found(text)[0]).toEqual(findings[0]);
  });

  it('with a fault in one role gives the others all the same', () => {
    const text = 'a:\n  expertise: 3\nb:\n  colour: red\n  approach: [x]\nc: 7\nd: {approach: y}\n';
    const { parts, findings } = parseRoles(text, 'r.yaml');
    expect(parts).toEqual([
      { name: 'a', expertise: undefined },
      { name: 'b', approach: ['x'] },
      { name: 'd', approach: ['y'] },
    ]);
    expect(findings.map(({ line }) => line)).toEqual([2, 4, 6]);
  });

  it('that is broken in the middle says where, and gives what stands before', () => {
    const text = 'a:\n  approach: [x]\nb:\n  approach: "open\nc:\n  approach: [y]\n';
    const { parts, findings } = parseRoles(text, 'r.yaml');
    expect(parts[0]).toEqual({ name: 'a', approach: ['x'] });
    expect(findings[0]?.code).toBe('role_file_invalid');
    expect(findings[0]?.line).toBeGreaterThan(3);
  });

  it('cannot grow by aliases of aliases', () => {
    const levels = Array.from({ length: 12 }, (_, at) => {
      const before = at === 0 ? 'x' : `*l${at - 1}`;
      return `l${at}: &l${at} [${Array.from({ length: 10 }, () => before).join(', ')}]`;
    });
    const { parts, findings } = parseRoles(`${levels.join('\n')}\nok: {approach: y}\n`, 'r.yaml');
    expect(parts).toEqual([{ name: 'ok', approach: ['y'] }]);
    expect(findings.length).toBeGreaterThanOrEqual(12);
  });

  it('of any bytes gives parts within their limits and findings with places, and no error', () => {
    const word = fc.constantFrom(
      ...['a', 'b:', '  ', '\n', '- ', '[', '}', '"', '&x ', '*x', '<<: ', '|', '>', '#', '? '],
      ...['!!binary ', '!!js/function ', '---', '%YAML', '\t', '\u0000', '\u2028', '{', ',', "'"],
      ...['role_definition: ', 'expertise: ', 'approach:\n', 'output_format: ', '😀', '-1', 'null'],
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
      fc
        .tuple(fc.nat(OLDER.length), fc.nat(20), fc.array(word, { maxLength: 5 }))
        .map(([at, cut, words]) => OLDER.slice(0, at) + words.join('') + OLDER.slice(at + cut)),
      fc.string({ unit: 'binary', maxLength: 200 }),
    );
    fc.assert(
      fc.property(text, (anything) => {
        const { parts, findings } = parseRoles(anything, 'r.yaml');
        const lines = anything.split('\n').length + 1;
        for (const { code, line, message, remedy } of findings) {
          expect(remedy).toBe(ROLE_FINDINGS[code]);
          expect(message).not.toContain('\n');
          expect(line === null || (line >= 1 && line <= lines)).toBe(true);
        }
        for (const part of parts) {
          expect(part.name).toMatch(/^\p{L}[\p{L}\p{N}_.]{0,59}$/u);
          expect((part.definition ?? '').length).toBeLessThanOrEqual(ROLE_LIMITS.textCharsMax);
          expect(part.expertise ?? []).toSatisfy(isTexts);
          expect(part.approach ?? []).toSatisfy(isTexts);
        }
      }),
    );
  });
});

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
