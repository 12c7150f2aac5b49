import type { ImportPlan, ImportVerbs } from '../imports.ts';
import type { Call } from '../store.ts';
import type { Bound } from './bound.ts';
import { importPlan, previewImport, verifyImport } from './import-plan.ts';
import { readImportedKeys } from './import-records.ts';

export const importVerbs = ({ write, read }: Bound): ImportVerbs => ({
  importPlan: write(importPlan),
  previewImport: (input: ImportPlan, call?: Call) => read(() => previewImport(input), call),
  checkImport: (input: ImportPlan, call?: Call) => read(() => verifyImport(input), call),
  importedKeys: (source: string, call?: Call) => read(() => readImportedKeys(source), call),
});
