import { describe, expect, it } from 'vitest';
import { PawlError } from '../../domain/errors.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { errorLines, findingsPath } from './error-lines.ts';
import { findingLines } from './findings.ts';
import type { Paint } from './terminal.ts';

const plain: Paint = (_tone, text) => text;

describe('findings and errors', () => {
  const finding: Finding = {
    code: 'dangling_dependency',
    severity: 'warning',
    line: 12,
    column: 3,
    length: 3,
    message: 'X-1 does not exist',
    remedy: 'Correct it.',
    taskId: 'A-1',
  };

  it('look like those of a compiler, with the remedy', () => {
    const source = { name: 'tasks.md', text: `${'\r\n'.repeat(11)}a\tX-1 |\r\nno\r\n` };
    expect(findingLines([finding], source, { width: 80, paint: plain })).toEqual([
      'warning[dangling_dependency]: X-1 does not exist',
      '  --> tasks.md:12:3',
      '   |',
      '12 | a   X-1 |',
      '   |     ^^^',
      '   = Correct it.',
      '',
    ]);
  });

  it('are told without the line where the file is gone or no line is meant', () => {
    const style = { width: 80, paint: plain };
    const head = 'warning[dangling_dependency]: X-1 does not exist';
    expect(findingLines([finding], { name: 'tasks.md', text: null }, style)).toEqual([
      ...[head, '  --> tasks.md:12:3', '   = Correct it.', ''],
    ]);
    const nowhere = { ...finding, line: 0, remedy: '' };
    const source = { name: 'tasks.md', text: 'one line' };
    expect(findingLines([nowhere], source, style)).toEqual([head, ' --> tasks.md', '']);
  });

  it('an error shows its findings, itself and its remedy', () => {
    const error = new PawlError('list_cycle', 'a -> b -> a', {
      details: { path: '/p/tasks.md', findings: [finding] },
    });
    expect(findingsPath(error)).toBe('/p/tasks.md');
    expect(errorLines(error, null, { width: 80, paint: plain })).toEqual([
      'warning[dangling_dependency]: X-1 does not exist',
      '  --> /p/tasks.md:12:3',
      '   = Correct it.',
      '',
      'pawl: list_cycle: a -> b -> a',
      '  Remove one of the dependencies on the printed path.',
    ]);
    expect(findingsPath(new PawlError('list_empty', 'x', { details: { path: '/p' } }))).toBeNull();
  });
});
