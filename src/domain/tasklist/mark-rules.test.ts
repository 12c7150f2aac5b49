import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TASK_STATUSES } from '../status.ts';
import { MARK_CHARACTERS, markOf, type WrittenMark } from './mark.ts';
import { MARK_RULES, type MarkAnswer } from './mark-rules.ts';

const MARKS = ['queued', 'running', 'completed', 'failed', 'skipped'] as const;
const PAGE = new URL('../../../docs/learn/lists.md', import.meta.url);

const cellOf = (answer: MarkAnswer): string => {
  if (answer === 'agrees') return '–';
  if (answer === 'complete') return 'completed';
  return answer === 'skip' ? 'skipped' : `\`${answer}\``;
};
const rowOf = (mark: WrittenMark): string => {
  const cells = TASK_STATUSES.map((status) => cellOf(MARK_RULES[mark][status]));
  return `| \`[${MARK_CHARACTERS[mark]}]\` | ${cells.join(' | ')} |`;
};

describe('the rules for marks made by hand', () => {
  it('agree exactly where the mark shows the status', () => {
    for (const mark of MARKS) {
      for (const status of TASK_STATUSES) {
        expect(MARK_RULES[mark][status] === 'agrees').toBe(markOf(status) === mark);
      }
    }
  });

  it('end no attempt and leave what is completed as it is', () => {
    for (const mark of MARKS) {
      expect(['complete', 'skip']).not.toContain(MARK_RULES[mark].running);
      expect(['complete', 'skip']).not.toContain(MARK_RULES[mark].completed);
    }
  });

  it('stand on the page about lists, cell by cell', () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toContain(`| by hand | ${TASK_STATUSES.join(' | ')} |`);
    for (const mark of MARKS) expect(page).toContain(rowOf(mark));
  });
});
