import { describe, expect, test } from 'vitest';
import { splitClauses } from './clauses.ts';

describe('splitClauses', () => {
  test('cuts all clauses off the end of a text', () => {
    const text = 'Build it — depends: A-1, A-2 agent: codex timeout: 20m verify: npm test -- a';
    expect(splitClauses(text)).toEqual({
      description: 'Build it',
      clauses: [
        { key: 'depends', value: 'A-1, A-2' },
        { key: 'agent', value: 'codex' },
        { key: 'timeout', value: '20m' },
        { key: 'verify', value: 'npm test -- a' },
      ],
      doubtful: [],
    });
  });

  test.each([
    ['x (after: A-1)', 'depends', 'A-1'],
    ['x (blocked by: A-1 (schema))', 'depends', 'A-1 (schema)'],
    ['x **Depends on:** A-1', 'depends', 'A-1'],
    ['x on-dep-failure: run', 'onDepFailure', 'run'],
    ['x needs: gpu, net', 'needs', 'gpu, net'],
    ['x verify: `echo "depends: B-1"`', 'verify', 'echo "depends: B-1"'],
    ['x `verify: npm test -- a`', 'verify', 'npm test -- a'],
    ['x `after: A-1`.', 'depends', 'A-1'],
    ['x [P1]', 'priority', 'P1'],
    ['(P3) x', 'priority', 'P3'],
    ['x; priority: high', 'priority', 'high'],
  ])('reads %j', (text, key, value) => {
    expect(splitClauses(text)).toEqual({
      description: 'x',
      clauses: [{ key, value }],
      doubtful: [],
    });
  });

  test('a clause in brackets may stand in the middle', () => {
    const { description, clauses } = splitClauses('first (depends: A-1; agent: codex) then more');
    expect(description).toBe('first then more');
    expect(clauses).toHaveLength(2);
  });

  test('takes each of several clauses in backticks, also behind one without', () => {
    const { description, clauses } = splitClauses('x depends: A-1 `verify: make b` `timeout: 5m`');
    expect(description).toBe('x');
    expect(new Set(clauses)).toEqual(
      new Set([
        { key: 'depends', value: 'A-1' },
        { key: 'verify', value: 'make b' },
        { key: 'timeout', value: '5m' },
      ]),
    );
  });

  test.each([
    'Rename the field `timeout: number`',
    'End with a lone ` and `verify: a',
    'Say what comes after: the meeting',
    'Send the user-agent: it is missing',
    'Set the timeout: soon',
    'Call the agent: it is late',
    'Explain `depends: A-1` in the manual',
  ])('leaves the prose %j alone', (text) => {
    expect(splitClauses(text)).toMatchObject({ description: text, clauses: [] });
  });

  test('reports what reads like a clause and cannot be one', () => {
    expect(splitClauses('x timeout: soon').doubtful).toEqual([{ key: 'timeout', value: 'soon' }]);
  });

  test.each(['(after: ', 'depends: A-1 ', '`a', '`after: A-1` ', '- ', '('])(
    'a text of nothing but %j is read in linear time',
    (part) => {
      const text = `x ${part.repeat(100_000)}`;
      expect(splitClauses(text).description.length).toBeLessThanOrEqual(text.length);
    },
  );
});
