import { PawlError } from '../../../domain/errors.ts';
import { topologicalOrder } from '../../../domain/graph.ts';
import type { TaskGraph } from '../../../domain/task-graph.ts';
import { clip, textWidth } from '../text-width.ts';
import { type Box, TITLE_HEIGHT } from './graph-columns.ts';
import { type LaidGroup, layoutGraph, type Point } from './graph-layout.ts';
import {
  captionOf,
  type GraphPicture,
  graphPicture,
  labelLines,
  markedText,
  type PictureNode,
} from './graph-picture.ts';
import { element, escaped } from './svg-element.ts';
import { svgStyle } from './svg-style.ts';

/** What layout takes seconds for: it grows with the square of the tasks, and with long lines. */
export const SVG_TASKS_MAX = 500;
const SVG_EDGES_MAX = 2_000;
/** The columns of tasks that lines pass, all together. */
const SVG_STEPS_MAX = 20_000;

/**
 * The graph as a picture that needs nothing else: no script, no font, no reference to anywhere.
 *
 * @throws PawlError `graph_too_large`.
 */
export function graphSvg(graph: TaskGraph & { readonly list: string }): string {
  const picture = graphPicture(graph);
  const nodes = picture.groups.flatMap((group) => group.nodes);
  refuseTooLarge(nodes.filter((node) => node.status !== null).length, picture.edges);
  const placed = layoutGraph(
    sized(picture.groups),
    picture.edges.map(({ from, to }) => ({ from: from.key, to: to.key })),
  );
  const legend = legendOf(picture, graph, placed.height);
  const caption = captionOf(graph);
  const width = Math.ceil(Math.max(placed.width, legend.width, columns(caption, 9) + 2 * MARGIN));
  const height = Math.ceil(placed.height + LEGEND_HEIGHT);
  const size = { width, height };
  const svg = { ...size, viewBox: `0 0 ${width} ${height}`, ...ACCESSIBLE };
  return `${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', ...svg },
    [
      '',
      element('title', { id: 'title' }, escaped(caption)),
      element('desc', { id: 'about' }, escaped(aboutText(graph))),
      element('style', {}, svgStyle(picture.states)),
      element('defs', {}, ...['arrow', 'critical-arrow', 'cycle-arrow'].map(marker)),
      element('rect', { class: 'paper', ...size }),
      element('text', { class: 'caption', x: MARGIN, y: MARGIN + 8 }, escaped(caption)),
      ...picture.groups.map(({ key, title }) => frame(placed.groups.get(key), title)),
      ...lines(picture.edges, placed.edges),
      ...nodes.map((node) => task(node, placed.nodes.get(node.key))),
      ...legend.parts,
      '',
    ].join('\n'),
  )}\n`;
}

const ACCESSIBLE = { role: 'img', 'aria-labelledby': 'title about' };
const MARGIN = 20;
const PAD = 10;
const LEGEND_HEIGHT = 36;
const LINE_HEIGHT = 15;

function refuseTooLarge(tasks: number, edges: GraphPicture['edges']): void {
  const steps = stepsOf(edges);
  const isSmall = tasks <= SVG_TASKS_MAX && edges.length <= SVG_EDGES_MAX && steps <= SVG_STEPS_MAX;
  if (isSmall) return;
  const most = `${SVG_TASKS_MAX} tasks and ${SVG_EDGES_MAX} lines`;
  const long = steps <= SVG_STEPS_MAX ? '' : ', which are too long';
  throw new PawlError(
    'graph_too_large',
    `a picture has at most ${most}; these are ${tasks} and ${edges.length}${long}`,
    {
      details: {
        ...{ tasks, edges: edges.length, steps },
        ...{ tasksMax: SVG_TASKS_MAX, edgesMax: SVG_EDGES_MAX, stepsMax: SVG_STEPS_MAX },
      },
    },
  );
}

function stepsOf(edges: GraphPicture['edges']): number {
  const waits = new Map<string, string[]>();
  for (const { from, to, inCycle } of edges) {
    for (const key of [from.key, to.key]) if (!waits.has(key)) waits.set(key, []);
    if (!inCycle) waits.get(to.key)?.push(from.key);
  }
  const column = new Map<string, number>();
  const columnOf = (key: string): number => column.get(key) ?? 0;
  let steps = 0;
  for (const key of topologicalOrder(waits) ?? []) {
    const before = (waits.get(key) ?? []).map(columnOf);
    const own = before.reduce((most, one) => Math.max(most, one + 1), 0);
    column.set(key, own);
    steps += before.reduce((sum, one) => sum + own - one, 0);
  }
  return steps;
}

/** About what a text takes, since nobody can measure it here: in most fonts it is a little less. */
function columns(text: string, pixels: number): number {
  return textWidth(text) * pixels;
}

/** Boxes of one width, since columns of different ones look like rubble. */
function sized(groups: GraphPicture['groups']): readonly LaidGroup[] {
  const nodes = groups.flatMap((group) => group.nodes);
  const width = Math.ceil(Math.max(...nodes.map(widthOf)));
  return groups.map((group) => ({
    ...group,
    nodes: group.nodes.map((node) => {
      return { key: node.key, width, height: 28 + LINE_HEIGHT * labelLines(node).length };
    }),
  }));
}

function widthOf(node: PictureNode): number {
  const head = columns(node.taskId, 8.2) + 12 + columns(node.state, 6);
  return 2 * PAD + Math.max(head, ...labelLines(node).map((line) => columns(line, 6.9)));
}

function marker(name: string): string {
  const look = { markerWidth: 8, markerHeight: 8, markerUnits: 'userSpaceOnUse', orient: 'auto' };
  const place = { viewBox: '0 0 8 8', refX: 7, refY: 4 };
  const arrow = element('path', { d: 'M0 0L8 4L0 8z' });
  return element('marker', { id: name, class: name, ...place, ...look }, arrow);
}

function frame(box: Box | undefined, title: string | null): string {
  if (box === undefined || title === null) return '';
  const room = Math.max(8, Math.floor((box.width - 16) / 6.6));
  const at = { x: box.x + 10, y: box.y + TITLE_HEIGHT - 5 };
  return element(
    'g',
    { class: 'group' },
    element('title', {}, escaped(title)),
    element('rect', { ...box, rx: 8 }),
    element('text', at, escaped(clip(title, room))),
  );
}

/** What is emphasised lies above the rest. */
function lines(
  edges: GraphPicture['edges'],
  places: readonly (readonly Point[])[],
): readonly string[] {
  const weight = ({ critical, inCycle }: GraphPicture['edges'][number]): number =>
    critical || inCycle ? 1 : 0;
  return edges
    .map((edge, index) => ({ edge, points: places[index] ?? [] }))
    .toSorted((a, b) => weight(a.edge) - weight(b.edge))
    .map(({ edge, points }) => path(edge, points));
}

function path(
  { from, to, critical, inCycle }: GraphPicture['edges'][number],
  points: readonly Point[],
): string {
  const kind = inCycle ? 'cycle' : critical ? 'critical' : '';
  const arrow = kind === '' ? 'arrow' : `${kind}-arrow`;
  const look = { class: `edge ${kind}`.trim(), d: curve(points), 'marker-end': `url(#${arrow})` };
  return element('path', look, element('title', {}, escaped(`${from.taskId} → ${to.taskId}`)));
}

/** Level at every point, so that it leaves and enters boxes as it should. */
function curve(points: readonly Point[]): string {
  let text = '';
  for (const [index, { x, y }] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined) text += `M${n(x)} ${n(y)}`;
    else if (before.y === y) text += `H${n(x)}`;
    else {
      const middle = n((before.x + x) / 2);
      text += `C${middle} ${n(before.y)} ${middle} ${n(y)} ${n(x)} ${n(y)}`;
    }
  }
  return text;
}

function task(node: PictureNode, box: Box | undefined): string {
  if (box === undefined) return '';
  const { x, y, width } = box;
  const mark = node.inCycle ? ' cycle' : node.critical ? ' critical' : '';
  const tip = `${node.taskId} (${node.state}): ${node.description}`;
  const left = x + PAD;
  return element(
    'g',
    { class: `task ${node.state}${mark}` },
    element('title', {}, escaped(tip)),
    element('rect', { ...box, rx: 6 }),
    element('text', { class: 'id', x: left, y: y + 18 }, escaped(node.taskId)),
    element('text', { class: 'state', x: x + width - PAD, y: y + 18 }, node.state),
    ...labelLines(node).map((line, index) =>
      element('text', { x: left, y: y + 34 + index * LINE_HEIGHT }, escaped(line)),
    ),
  );
}

function legendOf(
  { states }: GraphPicture,
  graph: TaskGraph,
  top: number,
): { readonly parts: readonly string[]; readonly width: number } {
  const y = top + 8;
  let x = MARGIN;
  const parts = states.map((state) => {
    const swatch = element('rect', { x, y, width: 14, height: 14, rx: 3 });
    const name = element('text', { x: x + 20, y: y + 11 }, state);
    x += 20 + columns(state, 6.9) + 18;
    return element('g', { class: `task ${state}` }, swatch, name);
  });
  const marked = markedText(graph);
  if (marked !== null) {
    const kind = graph.cycle === null ? 'critical' : 'cycle';
    parts.push(
      element('path', { class: `edge ${kind}`, d: `M${n(x)} ${n(y + 7)}h26` }),
      element('text', { x: x + 34, y: y + 11 }, escaped(marked)),
    );
    x += 34 + columns(marked, 6.9);
  }
  return { parts, width: x + MARGIN };
}

function aboutText({ criticalPath, cycle, nodes, edges }: TaskGraph): string {
  const counts = `${nodes.length} tasks, ${edges.length} dependencies.`;
  if (cycle !== null) return `${counts} Tasks wait for each other: ${cycle.join(' → ')}.`;
  if (criticalPath.taskIds.length < 2) return counts;
  return `${counts} Critical path: ${criticalPath.taskIds.join(' → ')}.`;
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
