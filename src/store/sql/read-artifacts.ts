import { PawlError } from '../../domain/errors.ts';
import type { Artifact, ArtifactQuery, ContentQuery, ReferredContent } from '../artifacts.ts';
import { row, rows, type SqlValue, type Verb } from './verb.ts';

const SELECT =
  'SELECT a.artifact_id AS artifactId, a.list_id AS listId, q.task_list_path AS list, a.task, ' +
  'q.task_id AS taskId, a.fence, a.name, a.kind, a.media_type AS mediaType, a.sha256, a.bytes, ' +
  'a.state, a.summary, a.source_path AS sourcePath, a.created_at_ms AS createdAtMs, ' +
  'a.completed_at_ms AS completedAtMs FROM artifacts a JOIN task_queue q ON q.id = a.task';

const BY_ID = `${SELECT} WHERE a.artifact_id = ?`;

export function* readArtifact(artifactId: string): Verb<Artifact | null> {
  return (yield* row<Artifact>(BY_ID, artifactId)) ?? null;
}

export function* existingArtifact(artifactId: string): Verb<Artifact> {
  const found = yield* readArtifact(artifactId);
  if (found !== null) return found;
  throw new PawlError('artifact_not_found', `no artifact has the id ${artifactId}`, {
    details: { artifactId },
  });
}

/** Needs `artifacts_of_task`, `artifacts_of_list`. */
export function* readArtifacts(query: ArtifactQuery): Verb<readonly Artifact[]> {
  const { after, limit } = query;
  const where: string[] = [];
  const params: SqlValue[] = [];
  const need = (condition: string, ...values: SqlValue[]): void => {
    where.push(condition);
    params.push(...values);
  };
  if (query.listId !== undefined) need('a.list_id = ?', query.listId);
  if (query.task !== undefined) need('a.task = ?', query.task);
  if (query.state !== undefined) need('a.state = ?', query.state);
  if (after !== undefined) {
    need('(a.created_at_ms, a.artifact_id) > (?, ?)', after.createdAtMs, after.artifactId);
  }
  const filter = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const order = 'ORDER BY a.created_at_ms, a.artifact_id LIMIT ? + 0';
  return yield* rows<Artifact>(`${SELECT} ${filter} ${order}`, ...params, limit);
}

/** Needs `artifacts_sha256`. */
const CONTENTS =
  'SELECT sha256, max(bytes) AS bytes, min(artifact_id) AS artifactId, ' +
  "max(CASE WHEN state = 'complete' THEN 1 ELSE 0 END) AS complete " +
  'FROM artifacts WHERE sha256 > ? GROUP BY sha256 ORDER BY sha256 LIMIT ? + 0';

export function* readContents(query: ContentQuery): Verb<readonly ReferredContent[]> {
  const found = yield* rows<Omit<ReferredContent, 'complete'> & { readonly complete: number }>(
    CONTENTS,
    query.after ?? '',
    query.limit,
  );
  return found.map((one) => ({ ...one, complete: one.complete !== 0 }));
}

export function* readKnownContents(hashes: readonly string[]): Verb<readonly string[]> {
  if (hashes.length === 0) return [];
  const places = hashes.map(() => '?').join(', ');
  const found = yield* rows<{ readonly sha256: string }>(
    `SELECT DISTINCT sha256 FROM artifacts WHERE sha256 IN (${places})`,
    ...hashes,
  );
  return found.map(({ sha256 }) => sha256);
}

const REF_CHARS_MIN = 4;
const FOUND_MAX = 20;

export function* findArtifacts(ref: string): Verb<readonly Artifact[]> {
  const exact = yield* readArtifact(ref);
  if (exact !== null) return [exact];
  if (ref.length < REF_CHARS_MIN) return [];
  return yield* rows<Artifact>(
    `${SELECT} WHERE substr(a.artifact_id, length(a.artifact_id) - length(?) + 1) = ? ` +
      `LIMIT ${FOUND_MAX}`,
    ref,
    ref,
  );
}
