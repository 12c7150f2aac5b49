import { describe, expect, it } from 'vitest';
import type { RecordedEvent, TaskEvent } from '../domain/event.ts';
import type { EventQuery, Store } from '../store/store.ts';
import type { ExecutionEvent } from './execution.ts';
import { Narrator } from './narrator.ts';

const EVENTS: readonly TaskEvent[] = [
  { kind: 'claimed', fence: 1, holder: 'h', agent: null },
  { kind: 'retry_scheduled', error: 'no luck', cause: 'exit', dueAtMs: 77 },
  { kind: 'lost', reason: 'gone', dueAtMs: 88 },
  { kind: 'completed', by: 'agent', summary: 'did it' },
  { kind: 'skipped', by: 'person', reason: 'not now' },
  { kind: 'released', reason: 'rate_limit', note: 'too fast', dueAtMs: 99 },
  { kind: 'waiting', reason: 'which colour?' },
];

/** A log of events that answers slowly, as a store does. */
function told(events: readonly TaskEvent[]) {
  const recorded: readonly RecordedEvent[] = events.map((event, index) => ({
    seq: index + 1,
    listId: 'l',
    task: 'u',
    taskId: 'T1',
    atMs: 0,
    event,
  }));
  const store = {
    events: async ({ afterSeq = 0, kinds = [], limit = 100 }: EventQuery) => {
      await Promise.resolve();
      return recorded
        .filter(({ seq, event }) => seq > afterSeq && kinds.includes(event.kind))
        .slice(0, limit);
    },
  } as unknown as Store;
  const said: ExecutionEvent[] = [];
  return { narrator: new Narrator(store, 'l', (event) => said.push(event)), said };
}

describe('what is told of a list', () => {
  it('is each outcome with its status, its reason and when it goes on', async () => {
    const { narrator, said } = told(EVENTS);
    await narrator.tell(EVENTS.length);
    const shown = said.map((event) =>
      'status' in event ? [event.kind, event.status, event.detail, event.dueAtMs] : [],
    );
    expect(shown).toEqual([
      ['task:retry', 'queued', 'no luck', 77],
      ['task:retry', 'queued', 'gone', 88],
      ['task:completed', 'completed', 'did it', 0],
      ['task:skipped', 'skipped', 'not now', 0],
      ['task:requeued', 'queued', 'too fast', 99],
      ['task:requeued', 'waiting', 'which colour?', 0],
    ]);
  });

  it('is nothing that was before its beginning', async () => {
    const { narrator, said } = told(EVENTS);
    narrator.begin(4);
    await narrator.tell(EVENTS.length);
    expect(said.map(({ kind }) => kind)).toEqual([
      'task:skipped',
      'task:requeued',
      'task:requeued',
    ]);
    expect(narrator.toldUpTo).toBe(EVENTS.length);
  });

  it('is told once, however many ask at the same time', async () => {
    const { narrator, said } = told(EVENTS);
    await Promise.all([narrator.tell(4), narrator.tell(7), narrator.tell(Number.MAX_SAFE_INTEGER)]);
    expect(said).toHaveLength(6);
  });

  it('is complete, also when there is more of it than is read at once', async () => {
    const many = Array.from({ length: 2_500 }, () => EVENTS[3] as TaskEvent);
    const { narrator, said } = told(many);
    await narrator.tell(many.length);
    expect(said).toHaveLength(2_500);
  });
});
