/** What one of several gets of a room that they share. */
export interface Share<T> {
  readonly item: T;
  readonly share: number;
}

/**
 * Share out `room` places: everybody gets as many as the others, the rest goes to the first ones,
 * and who is first goes round with `turn`. With less room than items some get nothing this time.
 */
export function shareOut<T>(items: readonly T[], room: number, turn: number): readonly Share<T>[] {
  if (items.length === 0) return [];
  const first = turn % items.length;
  const inTurn = [...items.slice(first), ...items.slice(0, first)];
  const each = Math.floor(room / items.length);
  const rest = room - each * items.length;
  return inTurn
    .map((item, at) => ({ item, share: each + (at < rest ? 1 : 0) }))
    .filter(({ share }) => share > 0);
}
