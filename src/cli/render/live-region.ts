import { createLogUpdate } from 'log-update';

/** A part at the end of the terminal that is drawn over and over, below lines that scroll by. */
export interface LiveRegion {
  /** Replace what is drawn. Costs nothing when it is the same. */
  draw(lines: readonly string[]): void;
  /** Put lines above it, for good. */
  scroll(lines: readonly string[]): void;
  /** Take it away. */
  clear(): void;
}

export function createLiveRegion(stdout: NodeJS.WriteStream): LiveRegion {
  const update = createLogUpdate(stdout, { showCursor: false });
  let drawn = '';
  let height = 0;
  return {
    draw: (lines) => {
      const text = lines.join('\n');
      if (text === drawn) return;
      // Its patches leave lines where they are that a changed number of lines above should move.
      if (lines.length !== height) update.clear();
      drawn = text;
      height = lines.length;
      update(text);
    },
    scroll: (lines) => {
      if (lines.length === 0) return;
      update.persist(lines.join('\n'));
      // Persisting takes the region away: draw it again at once, or it blinks.
      if (drawn !== '') update(drawn);
    },
    clear: () => {
      drawn = '';
      update.clear();
      update.done();
    },
  };
}
