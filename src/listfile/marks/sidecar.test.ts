import { expect, test } from 'vitest';
import { parseList } from '../grammar/parse-list.ts';
import { renderSidecar, sidecarPath } from './sidecar.ts';

test('the report beside a list has one line a task, which is itself a list', () => {
  const text = renderSidecar([
    { taskId: 'A-1', status: 'completed', description: 'first\nline' },
    { taskId: 'A-2', status: 'waiting', description: 'second' },
  ]);
  expect(text).toContain('- [x] A-1: first line (completed)\n');
  expect(text).toContain('- [~] A-2: second (waiting for an answer)\n');
  expect(parseList(new TextEncoder().encode(text)).document.tasks).toHaveLength(2);
  expect(sidecarPath('/a/tasks.md')).toBe('/a/tasks.md.pawl-status');
});
