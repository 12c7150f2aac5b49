import type { TaskEvent } from '../../domain/event.ts';
import { sessionOf } from '../../domain/holder.ts';
import type { Attempt } from '../store.ts';
import { EACH_TEXT } from './fragments.ts';
import { rows, type Verb } from './verb.ts';

const ATTEMPTS =
  'SELECT a.fence, a.attempt, a.agent, a.holder_id AS holderId, a.holder_id AS watcherId, ' +
  'i.host, i.attempts_dir AS attemptsDir, a.claimed_at_ms AS claimedAtMs, ' +
  'a.ended_at_ms AS endedAtMs, a.outcome, a.exit_code AS exitCode, a.error, ' +
  'a.result_json AS resultJson FROM task_attempts a ' +
  'LEFT JOIN instances i ON i.id = a.holder_id WHERE a.task = ? ORDER BY a.fence';
/** Needs the index `task_events_task`. */
const HOLDERS =
  'SELECT data_json AS json FROM task_events WHERE task = ? ' +
  "AND kind IN ('claimed', 'adopted') ORDER BY seq";
const PLACES =
  'SELECT id, host, attempts_dir AS attemptsDir FROM instances ' +
  `WHERE id IN (SELECT value FROM ${EACH_TEXT})`;

type Place = Pick<Attempt, 'host' | 'attemptsDir'> & { readonly id: string };

/** Every attempt at a task, in order, and where its files lie. */
export function* readAttempts(id: string): Verb<readonly Attempt[]> {
  const attempts = yield* rows<Attempt>(ATTEMPTS, id);
  if (!attempts.some(isClients)) return attempts;
  const verifiers = yield* readVerifiers(id);
  const ids = JSON.stringify([...new Set(verifiers.values())]);
  const places = verifiers.size === 0 ? [] : yield* rows<Place>(PLACES, ids);
  return attempts.map((attempt) => {
    if (!isClients(attempt)) return attempt;
    const watcherId = verifiers.get(attempt.fence) ?? null;
    const { host = null, attemptsDir = null } = places.find((one) => one.id === watcherId) ?? {};
    return { ...attempt, watcherId, host, attemptsDir };
  });
}

function isClients({ holderId }: Attempt): boolean {
  return sessionOf(holderId) !== null;
}

/** Who verified what clients did, by the fences of their attempts: whoever took it up last. */
function* readVerifiers(id: string): Verb<ReadonlyMap<number, string>> {
  const verifiers = new Map<number, string>();
  let fence = 0;
  for (const { json } of yield* rows<{ readonly json: string }>(HOLDERS, id)) {
    const event = JSON.parse(json) as TaskEvent;
    if (event.kind === 'claimed') ({ fence } = event);
    if (event.kind === 'adopted') verifiers.set(fence, event.holder);
  }
  return verifiers;
}
