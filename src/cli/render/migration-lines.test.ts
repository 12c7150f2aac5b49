import { expect, it } from 'vitest';
import type { Step } from '../../operations/migration-context.ts';
import { migrationStatusLines } from './migration-lines.ts';

const STEP: Step = {
  ...{ kind: 'drop-index', object: 'a', class: 'loosening', statements: ['DROP INDEX a'] },
  ...{ gates: [], rowsOf: null },
};

const said = (steps: readonly Step[]): string =>
  migrationStatusLines(
    {
      ...{ database: 'pawl.db', keepsBackups: true, state: 'pending' },
      plan: { from: 'a', to: 'b', steps, refusals: [], drift: [], rowsKept: [] },
      ...{ obstacles: [], failure: null, last: null },
    },
    { paint: (_tone, text) => text, width: 80 },
  )[0] ?? '';

it('a backup is promised where something is changed, not for notes that change', () => {
  expect(said([STEP])).toContain('behind by 1 change, made at the next start of a command, after');
  expect(said([])).toMatch(/behind by only Pawl's own notes of it, .* command$/);
});
