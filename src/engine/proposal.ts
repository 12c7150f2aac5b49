import type { ReportedResult } from '../agents/result-file.ts';
import type { AttemptResult } from '../domain/attempt-result.ts';

/**
 * An agent's report with what it told the store while it ran. The file says more where both speak:
 * it was written last, or on purpose. That it succeeded is only proposed; its exit code decides.
 */
export function withProposal(file: ReportedResult, said: AttemptResult | null): ReportedResult {
  if (said === null) return file;
  return {
    summary: file.summary ?? said.summary,
    detailedWork: file.detailedWork ?? said.detailedWork,
    artifacts: file.artifacts.length > 0 ? file.artifacts : said.artifacts,
    files: file.files.length > 0 ? file.files : said.files,
    notes: [...file.notes, ...said.notes],
    wish: file.wish ?? wishOf(said),
  };
}

function wishOf({ proposed, reason }: AttemptResult): ReportedResult['wish'] {
  const text = reason ?? '';
  switch (proposed) {
    case 'revise':
      return { kind: 'revise', note: text };
    case 'blocked':
      return { kind: 'blocked', reason: text };
    case 'errored':
      return { kind: 'errored', cause: 'reported', error: text };
    case 'succeeded':
    case null:
      return null;
  }
}
