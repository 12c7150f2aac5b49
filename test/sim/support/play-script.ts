import type { Priority } from '../../../src/domain/priority.ts';
import { createSeededRandom, type ProgramScript } from '../../../src/testing.ts';
import type { SceneProgram, SceneTask } from './list-scene.ts';

/** Chance with the questions that a play asks of it. */
export class Dice {
  readonly #random: ReturnType<typeof createSeededRandom>;

  constructor(seed: number) {
    this.#random = createSeededRandom(seed);
  }

  chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  whole(least: number, most: number): number {
    return least + Math.floor(this.#random.next() * (most - least + 1));
  }

  /** Between the two, small values as likely as large ones. */
  spread(least: number, most: number): number {
    return Math.round(least * (most / least) ** this.#random.next());
  }

  one<T>(all: readonly T[]): T {
    return all[this.whole(0, all.length - 1)] as T;
  }
}

const TIMEOUT_MS = 20 * 60_000;

export function randomTasks(dice: Dice): readonly SceneTask[] {
  const count = dice.whole(4, 16);
  return Array.from({ length: count }, (_, index): SceneTask => {
    const before = Array.from({ length: index }, (_one, at) => `T${at + 1}`);
    const needs = before.filter(() => dice.chance(1.2 / Math.max(index, 3)));
    return {
      id: `T${index + 1}`,
      needs,
      priority: dice.one<Priority>(['P1', 'P2', 'P2', 'P3']),
      onDepFailure: dice.one(['skip', 'skip', 'run', 'fail']),
      agent: dice.one(['command', 'other']),
      ...(dice.chance(0.3) ? { verify: ['/bin/agent', 'check'] } : {}),
      timeoutMs: TIMEOUT_MS,
    };
  });
}

/** What an agent does, by chance: most succeed, and some do whatever an agent can do. */
export function randomScript(dice: Dice, { phase }: SceneProgram): ProgramScript {
  const common: ProgramScript = {
    takesMs: dice.spread(10, 10 * 60_000),
    onTerm: dice.chance(0.1) ? 'ignores' : 'ends',
    output: 'working\n',
  };
  const fate = dice.whole(1, 100);
  if (fate <= 10) return { ...common, code: 1 };
  if (fate <= 12) return { ...common, takesMs: Number.POSITIVE_INFINITY };
  if (fate <= 16) return { ...common, fate: 'is-lost' };
  if (phase === 'verify') return common;
  if (fate <= 18) return { ...common, result: { blocked: 'ask somebody' } };
  if (fate <= 22) return { ...common, result: { rate_limited: true, retry_after_ms: 90_000 } };
  if (fate <= 25) return { ...common, result: { needs_revision: 'once more' } };
  if (fate <= 27) return { ...common, fate: 'cannot-start' };
  return { ...common, result: { summary: 'done' } };
}
