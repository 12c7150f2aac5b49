import { invariant } from '../../domain/errors.ts';
import { claimTogether, sharesOf } from '../sql/claim-together.ts';
import { finishTogether } from '../sql/finish-together.ts';
import type { ClaimedTask, ClaimNext, FinishAttempt, Finished } from '../store.ts';
import { arrayText } from './array-text.ts';
import {
  AT_ONCE,
  type AtOnceKind,
  claimValues,
  endValues,
  knownValues,
  leftOut,
  type Success,
  type Word,
} from './at-once-sql.ts';
import type { Sent } from './flight.ts';
import type { EqualClaims, Outlook } from './known-lists.ts';
import type { Waiting } from './portion.ts';

/** One statement that decides and writes for several calls. */
export interface AtOnce<T extends Waiting> {
  readonly calls: readonly T[];
  readonly sent: Sent;
  /** The claim that it makes; null: it makes none. */
  readonly claims: EqualClaims | null;
  /**
   * What it came to for each call, of the text that it answered; undefined: nothing was done for
   * it, and what is to be done takes more than one look.
   */
  read(said: string): readonly ({ readonly value: unknown } | undefined)[];
}

interface Claim<T> {
  readonly call: T;
  readonly input: ClaimNext;
}

interface End<T> {
  readonly call: T;
  readonly input: Success;
}

/** What the statement answers, as JSON. */
interface Said {
  /** Null: the list has limits or labels to look at, or an end of these calls is undecided. */
  readonly claimed: readonly SaidClaim[] | null;
  /** The places of the ends that were accepted, from 1 on. */
  readonly ended: readonly number[];
  readonly nowMs: number;
}

type SaidClaim = readonly [
  id: string,
  taskId: string,
  agent: string | null,
  fence: number,
  term: number,
  attempt: number,
];

export interface AtOnceHow<T> {
  readonly most: number;
  readonly mayBe: (call: T) => boolean;
  readonly word: Word;
  readonly knownBy: (claims: EqualClaims) => Outlook;
}

/**
 * What of the calls that wait is done by one statement, where the first of them is such a call:
 * equal claims without limits of their own, and attempts that succeeded. Null otherwise.
 */
export function atOnce<T extends Waiting>(
  waiting: readonly T[],
  how: AtOnceHow<T>,
): AtOnce<T> | null {
  const claims: Claim<T>[] = [];
  const ends: End<T>[] = [];
  for (const call of waiting) {
    if (claims.length + ends.length === how.most) break;
    if (how.mayBe(call)) {
      const claim = claimOf(call);
      if (claim !== null && isEqual(call, claims[0]?.call)) claims.push({ call, input: claim });
      const end = endOf(call);
      if (end !== null && !ends.some(({ input }) => input.id === end.id)) {
        ends.push({ call, input: end });
      }
    }
    if (claims.length + ends.length === 0) return null;
    // What is asked for behind an end sees what that frees and makes ready: it waits with it.
    if (call.shared?.all === finishTogether && ends.at(-1)?.call !== call) break;
  }
  return claims.length + ends.length === 0 ? null : statementOf(claims, ends, how);
}

export function claimOf({ shared }: Waiting): ClaimNext | null {
  if (shared?.all !== claimTogether) return null;
  const input = shared.input as ClaimNext;
  const limits = Object.keys(input.agentLimits ?? {}).length - leftOut(input).length;
  return limits === 0 ? input : null;
}

function endOf({ shared }: Waiting): Success | null {
  if (shared?.all !== finishTogether) return null;
  const { outcome, ...input } = shared.input as FinishAttempt;
  return outcome.kind === 'succeeded' ? { ...input, outcome } : null;
}

function isEqual(call: Waiting, first: Waiting | undefined): boolean {
  return first === undefined || call.shared?.key === first.shared?.key;
}

function statementOf<T extends Waiting>(
  claims: readonly Claim<T>[],
  ends: readonly End<T>[],
  { word, knownBy }: Pick<AtOnceHow<T>, 'word' | 'knownBy'>,
): AtOnce<T> {
  const [first] = claims;
  const equal =
    first === undefined
      ? null
      : { key: first.call.shared?.key ?? '', minPriority: first.input.minPriority };
  const outlook = equal === null ? 'plain' : knownBy(equal);
  const values = [
    ...[word.commit.key, String(word.commit.number), word.generation, word.nowMs],
    arrayText(word.commit.gone),
    ...claimValues(claims.map(({ input }) => input)),
    ...(outlook === 'plain' ? [] : knownValues(outlook === 'whole' ? null : outlook)),
    ...endValues(ends.map(({ input }) => input)),
  ];
  return {
    calls: [...ends, ...claims].map(({ call }) => call),
    sent: { text: AT_ONCE[kindOf(claims, ends, outlook)], values },
    claims: equal,
    read: (text) => {
      const said = JSON.parse(text) as Said;
      return [...endsOf(ends, said), ...claimsOf(claims, said)];
    },
  };
}

function kindOf(
  claims: readonly unknown[],
  ends: readonly unknown[],
  outlook: Outlook,
): AtOnceKind {
  if (claims.length === 0) return 'ends';
  const kind = ends.length === 0 ? 'claims' : 'both';
  return outlook === 'plain' ? kind : `knowing_${kind}`;
}

function claimsOf<T>(
  claims: readonly Claim<T>[],
  { claimed, nowMs }: Said,
): readonly ({ readonly value: readonly ClaimedTask[] } | undefined)[] {
  const inputs = claims.map(({ input }) => input);
  const [first] = inputs;
  if (claimed === null || first === undefined) return claims.map(() => undefined);
  const { listId, leaseMs } = first;
  const tasks = claimed.map(([id, taskId, agent, fence, term, attempt]) => ({
    ...{ id, listId, taskId, agent, fence, term, attempt, leaseUntilMs: nowMs + leaseMs },
  }));
  return sharesOf(inputs, tasks).map((value) => ({ value }));
}

function endsOf<T>(
  ends: readonly End<T>[],
  { ended }: Said,
): readonly ({ readonly value: Finished } | undefined)[] {
  const accepted = new Set(ended);
  invariant(accepted.size <= ends.length, 'only what was asked for is accepted');
  const value: Finished = { kind: 'finished', status: 'completed', dueAtMs: 0 };
  return ends.map((_, at) => (accepted.has(at + 1) ? { value } : undefined));
}
