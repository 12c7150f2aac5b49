import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { AttemptOutcome } from '../domain/outcome.ts';
import type { Files } from '../world/files.ts';

/** What an agent says of its attempt in the result file. Evidence decides; this only describes. */
export interface ReportedResult {
  readonly summary: string | null;
  /** The work in full. */
  readonly detailedWork: string | null;
  readonly artifacts: readonly { readonly name: string; readonly path: string }[];
  /** Changed files. All paths are absolute and lie in the workspace. */
  readonly files: readonly string[];
  /** What it wants to happen instead of being judged. */
  readonly wish: Extract<
    AttemptOutcome,
    { kind: 'rate_limited' } | { kind: 'blocked' } | { kind: 'revise' } | { kind: 'errored' }
  > | null;
  /** What of the file could not be used and why; to be kept with the attempt. */
  readonly notes: readonly string[];
}

export const RESULT_BYTES_MAX = 1024 * 1024;
const SUMMARY_CHARS_MAX = 10_000;
const DETAILS_CHARS_MAX = 200_000;
const PATH_CHARS_MAX = 4_096;
const ARTIFACTS_MAX = 1_000;
const FILES_MAX = 10_000;
const RETRY_AFTER_MS = 60_000;
const RETRY_AFTER_MS_MAX = 24 * 60 * 60 * 1000;

/**
 * Read the result file at `path`, an absolute path. There need not be one; one that is too large,
 * no JSON or of another shape is a note, and a path that leads out of the workspace (also through a
 * link) is left out with a note: an agent's mistake never breaks anything.
 */
export async function readReportedResult(
  files: Files,
  path: string,
  workspace: string,
): Promise<ReportedResult> {
  try {
    const facts = await files.facts(path);
    if (facts === null) return nothing();
    if (facts.kind !== 'file') return nothing('the result file is not a file');
    if (facts.size > RESULT_BYTES_MAX) {
      return nothing(`the result file is larger than ${RESULT_BYTES_MAX} bytes`);
    }
    const text = new TextDecoder().decode(await files.readRange(path, 0, RESULT_BYTES_MAX));
    const parsed = RESULT.safeParse(JSON.parse(text));
    if (!parsed.success) {
      return nothing(`the result file is not as described: ${z.prettifyError(parsed.error)}`);
    }
    return await confined(files, parsed.data, await files.realPath(workspace));
  } catch (error) {
    return nothing(`the result file cannot be read: ${String(error)}`);
  }
}

const PATH = z.string().min(1).max(PATH_CHARS_MAX);

const RESULT = z.object({
  summary: z.string().optional(),
  detailed_work: z.string().optional(),
  artifacts: z
    .array(z.object({ name: z.string().min(1).max(PATH_CHARS_MAX), path: PATH }))
    .max(ARTIFACTS_MAX)
    .optional(),
  files: z.array(PATH).max(FILES_MAX).optional(),
  rate_limited: z.boolean().optional(),
  retry_after_ms: z.number().nonnegative().optional(),
  blocked: z.string().min(1).optional(),
  needs_revision: z.string().min(1).optional(),
});

type ResultFile = z.infer<typeof RESULT>;

function nothing(...notes: readonly string[]): ReportedResult {
  return { summary: null, detailedWork: null, artifacts: [], files: [], wish: null, notes };
}

async function confined(
  files: Files,
  result: ResultFile,
  workspace: string,
): Promise<ReportedResult> {
  const notes: string[] = [];
  const confine = async (path: string): Promise<string | null> => {
    const real = await realPathOf(files, resolve(workspace, path));
    if (real.startsWith(`${workspace}/`)) return real;
    notes.push(`${path} was left out: it is outside the project`);
    return null;
  };
  const artifacts: { name: string; path: string }[] = [];
  for (const { name, path } of result.artifacts ?? []) {
    const confinedPath = await confine(path);
    if (confinedPath !== null) artifacts.push({ name, path: confinedPath });
  }
  const changed: string[] = [];
  for (const path of result.files ?? []) {
    const confinedPath = await confine(path);
    if (confinedPath !== null) changed.push(confinedPath);
  }
  const summary = result.summary?.slice(0, SUMMARY_CHARS_MAX) ?? null;
  const detailedWork = result.detailed_work?.slice(0, DETAILS_CHARS_MAX) ?? null;
  return { summary, detailedWork, artifacts, files: changed, wish: wishOf(result), notes };
}

/** Of a file that was deleted there is no real path, but perhaps of the folder it was in. */
async function realPathOf(files: Files, path: string): Promise<string> {
  try {
    return await files.realPath(path);
  } catch {
    const folder = dirname(path);
    return folder === path ? path : join(await realPathOf(files, folder), basename(path));
  }
}

function wishOf(result: ResultFile): ReportedResult['wish'] {
  if (result.rate_limited === true) {
    const retryAfterMs = Math.min(result.retry_after_ms ?? RETRY_AFTER_MS, RETRY_AFTER_MS_MAX);
    return { kind: 'rate_limited', retryAfterMs, note: result.summary ?? 'rate limited' };
  }
  if (result.blocked !== undefined) return { kind: 'blocked', reason: result.blocked };
  if (result.needs_revision !== undefined) return { kind: 'revise', note: result.needs_revision };
  return null;
}
