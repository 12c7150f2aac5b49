import { createRealWorld } from '../../src/world/real-world.ts';
import type { Checkpoint, World } from '../../src/world/world.ts';

export interface Moment {
  readonly name: Checkpoint;
  readonly atMs: number;
}

/** Milliseconds UTC with fractions, the same in every process of this machine. */
export function preciseNow(): number {
  return performance.timeOrigin + performance.now();
}

/** The real world, and when the product passed which of its named points. */
export class Timeline {
  readonly world: World;
  readonly moments: Moment[] = [];

  constructor() {
    const checkpoint = (name: Checkpoint): void => {
      this.moments.push({ name, atMs: preciseNow() });
    };
    this.world = { ...createRealWorld(), checkpoint };
  }

  /** When each claim was committed, in order. */
  claimCommits(): readonly number[] {
    const commits: number[] = [];
    let lastCommit = Number.NaN;
    for (const { name, atMs } of this.moments) {
      if (name === 'after-commit') lastCommit = atMs;
      if (name === 'after-claim') commits.push(lastCommit);
    }
    return commits;
  }

  /** When each agent's attendant was about to be asked for, in order. */
  launches(): readonly number[] {
    return this.moments.filter(({ name }) => name === 'before-spawn').map(({ atMs }) => atMs);
  }

  /** When each outcome was committed, in order; for runs of one task at a time. */
  finishCommits(): readonly number[] {
    const commits: number[] = [];
    let finishing = false;
    for (const { name, atMs } of this.moments) {
      if (name === 'before-finish') finishing = true;
      if (name !== 'after-commit' || !finishing) continue;
      commits.push(atMs);
      finishing = false;
    }
    return commits;
  }
}
