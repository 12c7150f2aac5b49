/** What differs between two texts, as `diff -u` shows it; empty when nothing does. */
export function unifiedDiff(before: string, after: string, name: string): string {
  if (before === after) return '';
  const old = linesOf(before);
  const now = linesOf(after);
  const steps = editScript(old, now);
  const lines = hunksOf(steps).flatMap((hunk) => hunkLines(hunk));
  return [`--- ${name}`, `+++ ${name}`, ...lines].join('\n');
}

const CONTEXT_LINES = 3;

/** A line with the places where it stands: 0-based, null where it does not. */
interface Step {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
  readonly old: number;
  readonly now: number;
}

/** With its line end: a change of line ends is one, too. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

/** The shortest way from one to the other (Myers 1986): cheap when little differs. */
function editScript(old: readonly string[], now: readonly string[]): readonly Step[] {
  const traces: Map<number, number>[] = [];
  let reached = new Map<number, number>([[1, 0]]);
  for (let edits = 0; ; edits += 1) {
    traces.push(new Map(reached));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = isDown(reached, diagonal, edits)
        ? (reached.get(diagonal + 1) as number)
        : (reached.get(diagonal - 1) as number) + 1;
      while (x < old.length && old[x] === now[x - diagonal] && x - diagonal < now.length) x += 1;
      reached.set(diagonal, x);
      if (x >= old.length && x - diagonal >= now.length) return backwards(traces, old, now);
    }
    reached = new Map(reached);
  }
}

function isDown(reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean {
  if (diagonal === -edits) return true;
  if (diagonal === edits) return false;
  return (reached.get(diagonal - 1) as number) < (reached.get(diagonal + 1) as number);
}

function backwards(
  traces: readonly ReadonlyMap<number, number>[],
  old: readonly string[],
  now: readonly string[],
): readonly Step[] {
  const steps: Step[] = [];
  let x = old.length;
  let y = now.length;
  const same = (): void => {
    x -= 1;
    y -= 1;
    steps.push({ sign: ' ', line: old[x] as string, old: x, now: y });
  };
  for (let edits = traces.length - 1; edits >= 0; edits -= 1) {
    const reached = traces[edits] as ReadonlyMap<number, number>;
    const diagonal = x - y;
    const down = isDown(reached, diagonal, edits);
    const fromDiagonal = down ? diagonal + 1 : diagonal - 1;
    const fromX = edits === 0 ? 0 : (reached.get(fromDiagonal) as number);
    const fromY = edits === 0 ? 0 : fromX - fromDiagonal;
    while (x > fromX && y > fromY) same();
    if (edits === 0) break;
    if (down) {
      y -= 1;
      steps.push({ sign: '+', line: now[y] as string, old: x, now: y });
    } else {
      x -= 1;
      steps.push({ sign: '-', line: old[x] as string, old: x, now: y });
    }
  }
  return steps.reverse();
}

function hunksOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const hunks: Step[][] = [];
  let end = 0;
  for (const [index, step] of steps.entries()) {
    if (step.sign === ' ') continue;
    const start = Math.max(index - CONTEXT_LINES, end);
    const last = hunks.at(-1);
    const more = steps.slice(start, index + 1);
    if (last !== undefined && index - CONTEXT_LINES <= end + CONTEXT_LINES) {
      last.push(...steps.slice(end, index + 1));
    } else {
      if (last !== undefined) last.push(...steps.slice(end, end + CONTEXT_LINES));
      hunks.push([...more]);
    }
    end = index + 1;
  }
  hunks.at(-1)?.push(...steps.slice(end, end + CONTEXT_LINES));
  return hunks;
}

function hunkLines(hunk: readonly Step[]): readonly string[] {
  const [first] = hunk as readonly [Step, ...Step[]];
  const olds = hunk.filter((step) => step.sign !== '+').length;
  const news = hunk.filter((step) => step.sign !== '-').length;
  const head = `@@ -${rangeOf(first.old, olds)} +${rangeOf(first.now, news)} @@`;
  const lines = hunk.flatMap(({ sign, line }) => {
    const text = `${sign}${line.replace(/[\r\n]+$/, '')}`;
    return /[\r\n]$/.test(line) ? [text] : [text, '\\ No newline at end of file'];
  });
  return [head, ...lines];
}

function rangeOf(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`;
}
