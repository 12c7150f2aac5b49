import { claim } from '../../domain/transition/claim.ts';
import type { ClaimedTask, ClaimNext } from '../store.ts';
import { decided, type TaskRow } from './task-row.ts';
import { type Statement, together, type Verb, type VerbContext, write } from './verb.ts';

const INSERT_ATTEMPT =
  'INSERT INTO task_attempts (task, fence, attempt, agent, holder_id, claimed_at_ms) ' +
  'VALUES (?, ?, ?, ?, ?, ?)';

type Taking = Pick<ClaimNext, 'holderId' | 'defaultAgent' | 'leaseMs'>;

/** Lease one task, with a new attempt, to a holder. */
export function* takeTask(ctx: VerbContext, task: TaskRow, input: Taking): Verb<ClaimedTask> {
  const { taken, statements } = yield* takingOne(ctx, task, input);
  yield* together(statements);
  return taken;
}

/** What is written to lease several tasks, and what their holder is told. */
export function* taking(
  ctx: VerbContext,
  tasks: readonly TaskRow[],
  input: Taking,
): Verb<{ readonly claimed: readonly ClaimedTask[]; readonly statements: readonly Statement[] }> {
  const claimed: ClaimedTask[] = [];
  const statements: Statement[] = [];
  for (const task of tasks) {
    const one = yield* takingOne(ctx, task, input);
    claimed.push(one.taken);
    statements.push(...one.statements);
  }
  return { claimed, statements };
}

function* takingOne(
  ctx: VerbContext,
  task: TaskRow,
  { holderId, defaultAgent, leaseMs }: Taking,
): Verb<{ readonly taken: ClaimedTask; readonly statements: readonly Statement[] }> {
  const { nowMs } = ctx;
  const agent = task.agent ?? defaultAgent;
  const leaseUntilMs = nowMs + leaseMs;
  const { pendingDeps } = task;
  const decision = claim(task, { holder: holderId, agent, pendingDeps, nowMs });
  const { now, statements } = yield* decided(ctx, { task, decision, leaseUntilMs, agent });
  const attempt = write(INSERT_ATTEMPT, now.id, now.fence, now.claims, agent, holderId, nowMs);
  const taken = {
    id: now.id,
    listId: now.listId,
    taskId: now.taskId,
    agent,
    fence: now.fence,
    term: now.holderTerm,
    attempt: now.claims,
    leaseUntilMs,
  };
  return { taken, statements: [...statements, attempt] };
}
