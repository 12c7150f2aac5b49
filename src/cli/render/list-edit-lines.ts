import type { ListEdit } from '../../operations/edit-list-file.ts';
import type { Paint, Tone } from './terminal.ts';

/** What an edit of a list did, and what the queue makes of it, for a person. */
export function listEditLines(
  edit: ListEdit & { readonly meaning?: string | null },
  {
    verb,
    name,
    dryRun,
  }: { readonly verb: string; readonly name: string; readonly dryRun: boolean },
  paint: Paint,
): readonly string[] {
  const { taskId, line, section, queue, diff } = edit;
  if (diff === '') return [`${paint('strong', taskId)} is so already: nothing to change.`];
  const diffLines = diff.split('\n').map((text) => paintDiff(text, paint));
  if (dryRun) return diffLines;
  const where = section === null ? '' : `, in ${section}`;
  const head = `${verb} ${paint('strong', taskId)} (${name}:${line}${where})`;
  switch (queue.kind) {
    case 'not-loaded':
      return [`${head}.`, 'No project knows this list yet: pawl run FILE loads it.'];
    case 'refused':
      return [
        `${head}.`,
        `The list cannot be loaded as it stands (${queue.code}): ${queue.message}`,
      ];
    case 'loaded': {
      const meaning = edit.meaning == null ? [] : [`  ${edit.meaning}.`];
      return [`${head}: ${queue.task.why}.`, ...meaning];
    }
  }
}

/** A line of a unified diff. */
export function paintDiff(line: string, paint: Paint): string {
  const tone = TONES[line[0] ?? ''];
  return tone === undefined ? line : paint(tone, line);
}

const TONES: Readonly<Record<string, Tone>> = { '+': 'good', '-': 'bad', '@': 'dim' };
