import type { ImportFinding } from '../../domain/importing/imported-plan.ts';
import { importFinding } from '../../domain/importing/imported-plan.ts';
import type { Files } from '../../world/files.ts';
import { namesIn, textIn } from '../source-files.ts';
import type { CopyOrigin, PlanCopy } from './merge-copies.ts';
import { readPlanFile } from './read-plan-file.ts';

export interface PlanFolders {
  readonly copies: readonly PlanCopy[];
  readonly findings: readonly ImportFinding[];
}

const FOLDERS = ['active', 'archive'] as const;
const LOOKS_MAX = 5;

/**
 * The plan files of `tasks/active` and `tasks/archive`. A file that was moved from one to the other
 * between the listing and the reading makes everything be read once more.
 */
export async function readPlanFolders(files: Files, tasksDir: string): Promise<PlanFolders> {
  for (let look = 1; ; look += 1) {
    const { vanished, ...folders } = await readOnce(files, tasksDir);
    if (!vanished || look === LOOKS_MAX) return folders;
  }
}

async function readOnce(
  files: Files,
  tasksDir: string,
): Promise<PlanFolders & { readonly vanished: boolean }> {
  const copies: PlanCopy[] = [];
  const findings: ImportFinding[] = [];
  let vanished = false;
  for (const folder of FOLDERS) {
    const names = await namesIn(files, `${tasksDir}/${folder}`);
    const whole = new Set(names.flatMap((name) => stem(name, '.json') ?? []));
    for (const name of names.toSorted()) {
      const place = `${tasksDir}/${folder}/${name}`;
      const torn = stem(name, '.tmp');
      const nameStem = stem(name, '.json') ?? torn;
      if (nameStem === null) continue;
      const text = await textIn(files, place);
      if (text === null) {
        vanished = true;
        continue;
      }
      const reading = readPlanFile(text, { place, nameStem, archived: folder === 'archive' });
      if (torn === null) findings.push(...reading.findings);
      else {
        findings.push(tornFinding(place, whole.has(torn), reading.plans.length > 0));
        if (whole.has(torn)) continue;
      }
      const origin: CopyOrigin = torn === null ? folder : 'torn';
      copies.push(...reading.plans.map((plan) => ({ origin, plan })));
    }
  }
  return { copies, findings, vanished };
}

/** What was never renamed may be whole all the same, and then be all there is. */
function tornFinding(place: string, hasWhole: boolean, isReadable: boolean): ImportFinding {
  const why = hasWhole
    ? 'a write that was not finished; the file beside it was read'
    : isReadable
      ? 'a write that was not finished, though whole: it was read'
      : 'a write that was not finished, and no whole file beside it';
  return importFinding('file_torn', { place }, why);
}

function stem(name: string, ending: string): string | null {
  return name.endsWith(ending) && name.length > ending.length
    ? name.slice(0, -ending.length)
    : null;
}
