import { assertNever } from '../domain/errors.ts';
import type { ImportedStatus, ImportFindingCode } from '../domain/importing/imported-plan.ts';

/** What a status of another program means here, and why that is worth a finding. */
export interface SourceStatus {
  readonly status: ImportedStatus;
  readonly reason: string | null;
  readonly archived: boolean;
  readonly finding: { readonly code: ImportFindingCode; readonly message: string } | null;
}

/** Words of the programs that are read here, each with what becomes of the task. */
const MEANINGS: Readonly<Record<string, 'queued' | 'done' | 'busy' | 'cancelled' | 'archived'>> = {
  pending: 'queued',
  todo: 'queued',
  'to do': 'queued',
  open: 'queued',
  created: 'queued',
  planning: 'queued',
  ready: 'queued',
  draft: 'queued',
  active: 'busy',
  'in progress': 'busy',
  hooked: 'busy',
  completed: 'done',
  complete: 'done',
  done: 'done',
  closed: 'done',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  superseded: 'cancelled',
  archived: 'archived',
};

/** Neither done nor to be begun by itself: a person decides. */
const WAITS: ReadonlySet<string> = new Set([
  ...['blocked', 'failed', 'deferred', 'review', 'in review', 'pinned', 'on hold'],
]);

/**
 * A status word of another program. What had failed or was blocked waits for a person, as does a
 * word that nobody knows: running what may be done already would be the worse guess.
 */
export function readSourceStatus(word: string | null): SourceStatus {
  if (word === null) return plain('queued');
  const name = word.trim().toLowerCase().normalize('NFC').replaceAll(/[_-]/g, ' ');
  const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  switch (meaning) {
    case 'queued':
      return plain('queued');
    case 'done':
      return plain('completed');
    case 'busy':
      return {
        ...plain('queued'),
        finding: { code: 'status_running', message: `it was ${word.trim()}, and is queued here` },
      };
    case 'cancelled':
      return { ...plain('cancelled'), reason: `${word.trim()} before it was imported` };
    case 'archived':
      return { ...plain('queued'), archived: true };
    case undefined:
      return WAITS.has(name) ? waits(word) : unknown(word);
    default:
      return assertNever(meaning);
  }
}

function plain(status: ImportedStatus): SourceStatus {
  return { status, reason: null, archived: false, finding: null };
}

function waits(word: string): SourceStatus {
  return {
    ...plain('waiting'),
    reason: `${word.trim()} before it was imported`,
    finding: { code: 'status_waiting', message: `it was ${word.trim()}, and waits here` },
  };
}

function unknown(word: string): SourceStatus {
  const shown = word.trim().slice(0, WORD_SHOWN);
  return {
    ...plain('waiting'),
    reason: `its status was "${shown}" before it was imported`,
    finding: { code: 'status_unknown', message: `nobody knows the status "${shown}"; it waits` },
  };
}

const WORD_SHOWN = 40;
