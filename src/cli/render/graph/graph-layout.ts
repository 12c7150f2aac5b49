import { Graph, layout } from '@dagrejs/dagre';
import { type Box, columnsOf, type LaidNode, PADDING, TITLE_HEIGHT } from './graph-columns.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** By key; `x` and `y` are the upper left corner. */
  readonly nodes: ReadonlyMap<string, Box>;
  /** The frames of the groups that have a title. */
  readonly groups: ReadonlyMap<string, Box>;
  /** In the order given: straight where two points have the same `y`, bent between the others. */
  readonly edges: readonly (readonly Point[])[];
}

export interface LaidGroup {
  readonly key: string;
  readonly title: string | null;
  readonly nodes: readonly LaidNode[];
}

export interface LaidEdge {
  readonly from: string;
  readonly to: string;
}

const GAP = 12;
const RANK_GAP = 56;

/**
 * Places for boxes (all of one width) and lines, from left to right in the order of the work; below
 * them, in columns, the tasks that no line connects with anything.
 */
export function layoutGraph(groups: readonly LaidGroup[], edges: readonly LaidEdge[]): GraphLayout {
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const { linkedGroups, looseGroups } = split(groups, linked);
  const graph = arranged(linkedGroups, edges);
  const { width = 0, height = 0 } = graph.graph() as Partial<Box>;
  const drawn = edges.length === 0 ? { width: 0, height: 0 } : { width, height };
  const arrangedNodes = linkedGroups.flatMap((group) => group.nodes);
  const nodes = new Map(arrangedNodes.map(({ key }) => [key, boxOf(graph, key)]));
  const columns = columnsOf(looseGroups, { top: drawn.height, width: drawn.width });
  for (const [key, box] of columns.nodes) nodes.set(key, box);
  const frames = groups.filter(({ title }) => title !== null);
  return {
    width: Math.max(drawn.width, columns.width),
    height: drawn.height + columns.height,
    nodes,
    groups: new Map(
      frames.map((group) => [
        group.key,
        frameOf(group.nodes.flatMap(({ key }) => nodes.get(key) ?? [])),
      ]),
    ),
    edges: edges.map(({ from, to }) => {
      const { points } = graph.edge(from, to) as { readonly points: readonly Point[] };
      return route(points, boxOf(graph, from), boxOf(graph, to));
    }),
  };
}

/** A section is one frame: its tasks are loose only when all are. */
function split(
  groups: readonly LaidGroup[],
  linked: ReadonlySet<string>,
): { readonly linkedGroups: readonly LaidGroup[]; readonly looseGroups: readonly LaidGroup[] } {
  const linkedGroups: LaidGroup[] = [];
  const looseGroups: LaidGroup[] = [];
  for (const group of groups) {
    const { nodes } = group;
    const tied = nodes.filter(({ key }) => linked.has(key));
    if (tied.length === 0) looseGroups.push(group);
    else if (group.title !== null) linkedGroups.push(group);
    else {
      const alone = nodes.filter(({ key }) => !linked.has(key));
      linkedGroups.push({ ...group, nodes: tied });
      if (alone.length > 0) looseGroups.push({ ...group, nodes: alone });
    }
  }
  return { linkedGroups, looseGroups };
}

function arranged(groups: readonly LaidGroup[], edges: readonly LaidEdge[]): Graph {
  const hasFrames = groups.some((group) => group.title !== null);
  const graph = new Graph({ compound: true });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: hasFrames ? GAP + TITLE_HEIGHT : GAP,
    edgesep: GAP,
    ranksep: RANK_GAP,
    marginx: PADDING * 2,
    marginy: PADDING * 2 + TITLE_HEIGHT,
  });
  for (const { key: parent, title, nodes } of groups) {
    if (title !== null) graph.setNode(parent, {});
    for (const { key, width, height } of nodes) {
      graph.setNode(key, { width, height });
      if (title !== null) graph.setParent(key, parent);
    }
  }
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  if (edges.length > 0) layout(graph);
  return graph;
}

function boxOf(graph: Graph, key: string): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = graph.node(key) as Partial<Box>;
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/**
 * From the right side of one box to the left side of the other. Past the boxes of other ranks a
 * line goes straight, so that it bends only where no box is. Against the order of the work (in a
 * cycle) it stays as the layout has it.
 */
function route(points: readonly Point[], from: Box, to: Box): readonly Point[] {
  const start = { x: from.x + from.width, y: from.y + from.height / 2 };
  const end = { x: to.x, y: to.y + to.height / 2 };
  if (end.x <= start.x) return points;
  const step = from.width;
  const between = points
    .slice(1, -1)
    .filter(({ x }) => x - step / 2 > start.x && x + step / 2 < end.x);
  const passed: Point[] = [];
  for (const { x, y } of between) {
    const last = passed.at(-1);
    if (last !== undefined && x - step / 2 < last.x) continue;
    passed.push({ x: x - step / 2, y }, { x: x + step / 2, y });
  }
  return [start, ...passed, end];
}

function frameOf(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map((box) => box.x)) - PADDING;
  const top = Math.min(...boxes.map((box) => box.y)) - PADDING - TITLE_HEIGHT / 2;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + PADDING;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + PADDING;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
