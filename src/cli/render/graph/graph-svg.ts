import { PawlError } from '../../../domain/errors.ts';
import type { TaskGraph } from '../../../domain/task-graph.ts';
import { clip, oneLine, textWidth } from '../text-width.ts';
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
import { svgStyle } from './svg-style.ts';

/** Layout takes 4 s for so many, and grows with the square. */
export const SVG_TASKS_MAX = 500;
export const SVG_EDGES_MAX = 2_000;

/**
 * The graph as a picture that needs nothing else: no script, no font, no reference to anywhere.
 *
 * @throws PawlError `graph_too_large`.
 */
export function graphSvg(graph: TaskGraph & { readonly list: string }): string {
  const picture = graphPicture(graph);
  const nodes = picture.groups.flatMap((group) => group.nodes);
  refuseTooLarge(nodes.length, picture.edges.length);
  const placed = layoutGraph(
    sized(picture.groups),
    picture.edges.map(({ from, to }) => ({ from: from.key, to: to.key })),
  );
  const legend = legendOf(picture, graph, placed.height);
  const caption = captionOf(graph);
  const width = Math.ceil(Math.max(placed.width, legend.width, columns(caption, 9) + 2 * MARGIN));
  const height = Math.ceil(placed.height + LEGEND_HEIGHT);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title about">`,
    `<title id="title">${escaped(caption)}</title>`,
    `<desc id="about">${escaped(aboutText(graph))}</desc>`,
    `<style>${svgStyle(picture.states)}</style>`,
    `<defs>${['arrow', 'critical-arrow', 'cycle-arrow'].map(marker).join('')}</defs>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="caption" x="${MARGIN}" y="${MARGIN + 8}">${escaped(caption)}</text>`,
    ...picture.groups.map(({ key, title }) => frame(placed.groups.get(key), title)),
    ...lines(picture.edges, placed.edges),
    ...nodes.map((node) => task(node, placed.nodes.get(node.key))),
    ...legend.parts,
    '</svg>',
  ].join('\n')}\n`;
}

const MARGIN = 20;
const PAD = 10;
const LEGEND_HEIGHT = 36;
const LINE_HEIGHT = 15;

function refuseTooLarge(tasks: number, edges: number): void {
  if (tasks <= SVG_TASKS_MAX && edges <= SVG_EDGES_MAX) return;
  const most = `${SVG_TASKS_MAX} tasks and ${SVG_EDGES_MAX} lines`;
  throw new PawlError(
    'graph_too_large',
    `a picture has at most ${most}; these are ${tasks} and ${edges}`,
    { details: { tasks, edges, tasksMax: SVG_TASKS_MAX, edgesMax: SVG_EDGES_MAX } },
  );
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
  return `<marker id="${name}" class="${name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"/></marker>`;
}

function frame(box: Box | undefined, title: string | null): string {
  if (box === undefined || title === null) return '';
  const { x, y, width, height } = box;
  const room = Math.max(8, Math.floor((width - 16) / 6.6));
  const text = escaped(clip(title, room));
  return `<g class="group"><title>${escaped(title)}</title><rect ${rect(x, y, width, height)} rx="8"/><text x="${n(x + 10)}" y="${n(y + TITLE_HEIGHT - 5)}">${text}</text></g>`;
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
  const title = escaped(`${from.taskId} → ${to.taskId}`);
  return `<path class="edge ${kind}" d="${curve(points)}" marker-end="url(#${arrow})"><title>${title}</title></path>`;
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
  const { x, y, width, height } = box;
  const mark = node.inCycle ? ' cycle' : node.critical ? ' critical' : '';
  const tip = `${node.taskId} (${node.state}): ${node.description}`;
  const lines = labelLines(node).map(
    (line, index) =>
      `<text x="${n(x + PAD)}" y="${n(y + 34 + index * LINE_HEIGHT)}">${escaped(line)}</text>`,
  );
  return `<g class="task ${node.state}${mark}"><title>${escaped(tip)}</title><rect ${rect(x, y, width, height)} rx="6"/><text class="id" x="${n(x + PAD)}" y="${n(y + 18)}">${escaped(node.taskId)}</text><text class="state" x="${n(x + width - PAD)}" y="${n(y + 18)}">${node.state}</text>${lines.join('')}</g>`;
}

function legendOf(
  { states }: GraphPicture,
  graph: TaskGraph,
  top: number,
): { readonly parts: readonly string[]; readonly width: number } {
  const y = top + 8;
  let x = MARGIN;
  const parts = states.map((state) => {
    const part = `<g class="task ${state}"><rect ${rect(x, y, 14, 14)} rx="3"/><text class="legend" x="${n(x + 20)}" y="${n(y + 11)}">${state}</text></g>`;
    x += 20 + columns(state, 6.4) + 18;
    return part;
  });
  const marked = markedText(graph);
  if (marked !== null) {
    const kind = graph.cycle === null ? 'critical' : 'cycle';
    parts.push(
      `<path class="edge ${kind}" d="M${n(x)} ${n(y + 7)}h26"/><text class="legend" x="${n(x + 34)}" y="${n(y + 11)}">${escaped(marked)}</text>`,
    );
    x += 34 + columns(marked, 6.4);
  }
  return { parts, width: x + MARGIN };
}

function aboutText({ criticalPath, cycle, nodes, edges }: TaskGraph): string {
  const counts = `${nodes.length} tasks, ${edges.length} dependencies.`;
  if (cycle !== null) return `${counts} Tasks wait for each other: ${cycle.join(' → ')}.`;
  if (criticalPath.taskIds.length < 2) return counts;
  return `${counts} Critical path: ${criticalPath.taskIds.join(' → ')}.`;
}

function rect(x: number, y: number, width: number, height: number): string {
  return `x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}"`;
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Text as XML has it; what XML cannot hold at all is a replacement character. */
function escaped(text: string): string {
  return oneLine(text)
    .replace(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
