import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseList } from '../grammar/parse-list.ts';
import { markList } from './mark-list.ts';

/** Pieces of lists in every shape; `N` is replaced by the number of the piece. */
const PIECES = [
  '| ID | Task | Status |\n|----|------|--------|\n| T-N | x | [ ] |\n| U-N | y | Pending |',
  '| ID | Task | Status |\n|-|-|-|\n| T-N | x | ✅ |',
  'ID | Task | State\n-|-|-\nT-N | x \\| y | Open',
  '- [ ] T-N: x\n  - [ ] step\n  - note\n- [x] U-N: y',
  '> 1. [~] **T-N**: x\n>    Acceptance:\n>    - it works',
  '- ⬜ T-N: x\n- 🚧 U-N: y',
  '## T-N: heading\n\n- **Priority**: P1\n- **Status**: In Progress\n\ntext',
  '### T-N: heading\nPriority: P1\nStatus: done',
  '## [ ]  T-N: heading',
  '```yaml\nid: T-N\ntitle: x\nstatus: pending # now\nsteps:\n  - a\n```',
  '- text\n\n  ```yml\n  - {id: T-N, title: x, status: "todo"}\n  ```',
  '- text\n\n  ```yml\n  - id: U-N\n    title: y\n    status:\n  ```',
  '> ```yaml\n> tasks:\n>   T-N: {title: x, state: [ ]}\n> ```',
  '- [ ]* T-N optional\n\n    - _Requirements: 1.1_',
  'text\n\n---',
  '<!-- - [ ] X-N: no -->',
] as const;

const anyList = fc
  .record({
    pieces: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }),
    eol: fc.constantFrom('\n', '\r\n', '\r'),
    head: fc.constantFrom('', '\uFEFF', '---\nid: X-1\nstatus: open\n---\n'),
  })
  .map(({ pieces, eol, head }) => {
    const texts = pieces.map((piece, at) => piece.replace(/\b([TUX])-N\b/g, `$1-${at}`));
    return (head + texts.join('\n\n# next\n\n')).replaceAll('\n', eol);
  });

test('a mark changes its task alone, whatever shape the task has', () => {
  fc.assert(
    fc.property(anyList, fc.constantFrom('completed', 'queued', 'failed'), (list, status) => {
      const bytes = new TextEncoder().encode(list);
      const before = parseList(bytes);
      for (const { taskId, mark } of before.document.tasks) {
        expect(before.places.has(taskId)).toBe(true);
        const marked = markList(bytes, new Map([[taskId, status]]));
        expect(marked.changed).toHaveLength(mark === status ? 0 : 1);
        const after = parseList(marked.bytes).document;
        expect(after.tasks).toEqual(
          before.document.tasks.map((task) =>
            task.taskId === taskId ? { ...task, mark: status } : task,
          ),
        );
        expect(after.findings.length).toBe(before.document.findings.length);
      }
    }),
    { numRuns: 150 },
  );
});
