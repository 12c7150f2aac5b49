import { timeText } from '../../domain/time-text.ts';
import type { World } from '../../world/world.ts';
import type { VerbContext } from './verb.ts';

/** For verbs that run in somebody else's transaction, which has no clock of its own. */
export function contextOf({ clock, ids, random }: World): VerbContext {
  const nowMs = Math.trunc(clock.now());
  return {
    nowMs,
    nowText: timeText(nowMs),
    uuid: () => ids.uuid(),
    chance: () => random.next(),
  };
}
