/** A place; `x` and `y` are the upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface LaidNode {
  readonly key: string;
  readonly width: number;
  readonly height: number;
}

/** Between a group's frame and what is in it; above, there is its title, too. */
export const PADDING = 10;
export const TITLE_HEIGHT = 20;
const GAP = 8;
const GROUP_GAP = 12;
/** Width to height of the whole, as screens are. */
const ASPECT = 1.5;

interface Columns {
  readonly nodes: ReadonlyMap<string, Box>;
  readonly width: number;
  /** Besides what is above `top`. */
  readonly height: number;
}

/**
 * Groups of boxes (all of one width) below each other in columns, as a newspaper sets its articles,
 * in their order; a group that is a whole page by itself has its boxes in several columns.
 */
export function columnsOf(
  groups: readonly { readonly nodes: readonly LaidNode[] }[],
  { top, width: atLeast }: { readonly top: number; readonly width: number },
): Columns {
  const places = new Map<string, Box>();
  if (groups.length === 0) return { nodes: places, width: 0, height: 0 };
  const cell = Math.max(...groups.flatMap(({ nodes }) => nodes.map(({ width }) => width)));
  const heights = groups.map(({ nodes }) => heightOf(nodes));
  const total = heights.reduce((sum, height) => sum + height + GROUP_GAP, 0);
  const count = Math.max(
    Math.round(Math.sqrt((ASPECT * total) / (cell + 4 * PADDING))),
    Math.floor(atLeast / (cell + 4 * PADDING)),
    1,
  );
  const columnHeight = Math.max(total / count, cell);
  const first = top + (top === 0 ? 2 * PADDING + TITLE_HEIGHT : 0) + PADDING;
  let x = 2 * PADDING;
  let y = 0;
  let widest = 0;
  let lowest = 0;
  for (const [index, { nodes }] of groups.entries()) {
    const across = Math.max(1, Math.ceil((heights[index] ?? 0) / columnHeight));
    const rows = Math.ceil(nodes.length / across);
    const block = { width: across * (cell + GAP) - GAP, height: heightOf(nodes.slice(0, rows)) };
    if (y > 0 && y + block.height / 2 > columnHeight) {
      x += widest + 2 * PADDING + GROUP_GAP;
      y = 0;
      widest = 0;
    }
    const at = { x: x + PADDING, y: first + y + TITLE_HEIGHT / 2 + PADDING };
    const deepest = placeBlock(nodes, { at, rows, step: cell + GAP, places });
    widest = Math.max(widest, block.width);
    y = deepest - first + PADDING + GROUP_GAP;
    lowest = Math.max(lowest, deepest);
  }
  return { nodes: places, width: x + widest + 4 * PADDING, height: lowest + 2 * PADDING - top };
}

/** Of a frame round boxes below each other. */
function heightOf(nodes: readonly LaidNode[]): number {
  const boxes = nodes.reduce((sum, { height }) => sum + height + GAP, 0);
  return boxes + TITLE_HEIGHT + 2 * PADDING;
}

function placeBlock(
  nodes: readonly LaidNode[],
  {
    at,
    rows,
    step,
    places,
  }: {
    readonly at: { readonly x: number; readonly y: number };
    readonly rows: number;
    readonly step: number;
    readonly places: Map<string, Box>;
  },
): number {
  let { x, y } = at;
  let lowest = y;
  for (const [index, { key, width, height }] of nodes.entries()) {
    if (index > 0 && index % rows === 0) {
      x += step;
      y = at.y;
    }
    places.set(key, { x, y, width, height });
    y += height + GAP;
    lowest = Math.max(lowest, y - GAP);
  }
  return lowest;
}
