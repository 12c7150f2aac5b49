import { readEvents } from '../../operations/read-events.ts';
import { pageOf } from '../cursor.ts';
import { jsonResource, numberOf } from './json-resource.ts';
import type { ResourceReader } from './resource-reader.ts';

const EVENTS_MAX = 200;

/** `pawl://events?since=N`: what happened after the event of that number. */
export const readEventsResource: ResourceReader = async (workspace, { uri, query, signal }) => {
  const sinceSeq = numberOf(query, 'since') ?? 0;
  const found = await readEvents(workspace, { sinceSeq, limit: EVENTS_MAX, signal });
  const { items } = pageOf(found);
  const last = items.at(-1)?.seq ?? sinceSeq;
  const more = items.length < found.length || found.length === EVENTS_MAX;
  return jsonResource(uri, {
    events: items,
    last,
    ...(more ? { next: `pawl://events?since=${last}` } : {}),
  });
};
