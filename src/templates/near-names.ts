import { nearestIds } from '../domain/tasklist/nearest-ids.ts';

const NAME_LENGTH_MAX = 100;
const TOLD_MAX = 10;

/**
 * A hint at what a mistyped name may have meant; empty where nothing is like it. To compare costs
 * its time and files may be full of faults: after the first ones there are no more hints.
 */
export function nearNames(
  name: string,
  known: Iterable<string>,
  told: { readonly length: number },
): string {
  if (name.length > NAME_LENGTH_MAX || told.length >= TOLD_MAX) return '';
  const near = nearestIds(name, known);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** A name from outside, short enough to be said. */
export function shortName(name: string): string {
  return name.length <= NAME_LENGTH_MAX ? name : `${name.slice(0, NAME_LENGTH_MAX)}…`;
}
