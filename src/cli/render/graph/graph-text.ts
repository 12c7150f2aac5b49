import { durationText } from '../../../domain/duration.ts';
import { isTerminal } from '../../../domain/status.ts';
import type { GraphNode, TaskGraph } from '../../../domain/task-graph.ts';
import { type LineStyle, STATE_MARKS, STATE_TONES } from '../task-lines.ts';
import { clip, oneLine, pad, textWidth } from '../text-width.ts';
import { captionOf } from './graph-picture.ts';

export interface GraphTextOptions extends LineStyle {
  /** Tasks shown at most. */
  readonly max: number;
}

/**
 * A graph for a terminal: every open task once, by the wave in which it can start, with what it
 * waits for; then what is over, and the critical path.
 */
export function graphText(
  graph: TaskGraph & { readonly list: string },
  options: GraphTextOptions,
): readonly string[] {
  const nodes = graph.nodes.filter((node) => node.status !== null);
  const open = nodes.filter((node) => !isOver(node));
  const view = new TextView(graph, open, options);
  const last = open.reduce((most, { wave }) => Math.max(most, wave ?? 0), 0);
  const groups = [
    [options.paint('strong', captionOf(graph))],
    view.group(
      'Running',
      open.filter((node) => node.wave === 0),
    ),
    ...Array.from({ length: last }, (_, index) =>
      view.group(
        index === 0 ? 'Can start now' : `Wave ${index + 1}`,
        open.filter((node) => node.wave === index + 1),
      ),
    ),
    view.group(
      'Cannot start',
      open.filter((node) => node.wave === null),
    ),
    view.over(nodes.filter(isOver)),
    view.hidden(),
    view.criticalPath(),
  ];
  return groups
    .filter((lines) => lines.length > 0)
    .flatMap((lines) => [...lines, ''])
    .slice(0, -1);
}

const ID_WIDTH_MAX = 24;
const TEXT_WIDTH_MIN = 16;
const OVER_LINES_MAX = 4;

class TextView {
  readonly #graph: TaskGraph;
  readonly #options: GraphTextOptions;
  readonly #idWidth: number;
  readonly #byId: ReadonlyMap<string, GraphNode>;
  readonly #waitsFor = new Map<string, string[]>();
  readonly #hasSections: boolean;
  #shown = 0;
  #hidden = 0;

  constructor(graph: TaskGraph, open: readonly GraphNode[], options: GraphTextOptions) {
    this.#graph = graph;
    this.#options = options;
    this.#byId = new Map(graph.nodes.map((node) => [node.taskId, node]));
    const widest = open.reduce((most, { taskId }) => Math.max(most, textWidth(taskId)), 2);
    this.#idWidth = Math.min(ID_WIDTH_MAX, widest);
    this.#hasSections = new Set(graph.nodes.map((node) => node.section)).size > 1;
    for (const { from, to, implied } of graph.edges) {
      if (implied) continue;
      const known = this.#waitsFor.get(to);
      if (known === undefined) this.#waitsFor.set(to, [from]);
      else known.push(from);
    }
  }

  group(name: string, nodes: readonly GraphNode[]): readonly string[] {
    if (nodes.length === 0) return [];
    const { paint, max, width } = this.#options;
    const shown = nodes.slice(0, Math.max(0, max - this.#shown));
    this.#shown += shown.length;
    this.#hidden += nodes.length - shown.length;
    const lines = [`${paint('strong', name)}${paint('dim', `: ${nodes.length}`)}`];
    const titles = this.#hasSections ? titlesBefore(shown) : [];
    for (const [index, node] of shown.entries()) {
      const title = titles[index] ?? null;
      if (title !== null) lines.push(paint('dim', clip(`  -- ${oneLine(title)}`, width)));
      lines.push(this.#line(node));
    }
    return lines;
  }

  over(nodes: readonly GraphNode[]): readonly string[] {
    if (nodes.length === 0) return [];
    const { paint, width } = this.#options;
    const ids = nodes.map((node) => ({
      text: oneLine(node.taskId),
      paint: (text: string) => paint(toneOf(node), text),
    }));
    const lines = wrap(ids, ', ', width - 2);
    const hidden = lines.length - OVER_LINES_MAX;
    const more = hidden > 0 ? [paint('dim', `  ... ${hidden} more lines of them`)] : [];
    return [
      `${paint('strong', 'Over')}${paint('dim', `: ${nodes.length}`)}`,
      ...lines.slice(0, OVER_LINES_MAX).map((line) => `  ${line}`),
      ...more,
    ];
  }

  hidden(): readonly string[] {
    if (this.#hidden === 0) return [];
    const { max, paint } = this.#options;
    const all = max + this.#hidden;
    return [paint('dim', `... and ${this.#hidden} more tasks: --max ${all} shows them`)];
  }

  criticalPath(): readonly string[] {
    const { taskIds, durationMs, taskMs } = this.#graph.criticalPath;
    if (taskIds.length < 2) return [];
    const { paint, width } = this.#options;
    const each = taskMs === null ? '' : ` (${durationText(taskMs)} a task so far)`;
    const time = durationMs === null ? '' : `, about ${durationText(durationMs)}${each}`;
    const steps = taskIds.map((id) => ({
      text: oneLine(id),
      paint: (text: string) => paint('strong', text),
    }));
    return [
      `${paint('note', '*')} ${paint('strong', 'Critical path')}: ${taskIds.length} tasks${time}`,
      ...wrap(steps, ' -> ', width - 2).map((line) => `  ${line}`),
    ];
  }

  #line(node: GraphNode): string {
    const { width, paint } = this.#options;
    const mark = paint(toneOf(node), markOf(node));
    const star = node.inCycle ? paint('bad', '!') : node.critical ? paint('note', '*') : ' ';
    const id = paint(
      node.critical ? 'strong' : toneOf(node),
      pad(oneLine(node.taskId), this.#idWidth),
    );
    const room = Math.max(TEXT_WIDTH_MIN, width - this.#idWidth - 10);
    const waits = this.#waits(node, Math.max(TEXT_WIDTH_MIN, Math.floor(room / 2)));
    const text = clip(oneLine(node.description), Math.max(TEXT_WIDTH_MIN, room - textWidth(waits)));
    return `  ${mark} ${star} ${id}  ${text}${waits === '' ? '' : paint('dim', waits)}`.trimEnd();
  }

  /** `  <- A, B, +3`: what must be over first, and for what cannot start, why. */
  #waits(node: GraphNode, room: number): string {
    const left = (this.#waitsFor.get(node.taskId) ?? []).flatMap((id) => {
      const waited = this.#byId.get(id);
      if (waited === undefined || waited.state === 'completed') return [];
      if (waited.state === 'missing') return [`${oneLine(id)} (not in the list)`];
      return isOver(waited) ? [`${oneLine(id)} (${waited.state})`] : [oneLine(id)];
    });
    if (left.length === 0) return '';
    const named: string[] = [];
    let used = '  <- '.length;
    for (const text of left) {
      used += textWidth(text) + 2;
      if (named.length > 0 && used + 4 > room) break;
      named.push(clip(text, room));
    }
    const more = left.length - named.length;
    return `  <- ${[...named, ...(more > 0 ? [`+${more}`] : [])].join(', ')}`;
  }
}

/** The section of each task, where it begins; none where almost every task has one of its own. */
function titlesBefore(nodes: readonly GraphNode[]): readonly (string | null)[] {
  const titles = nodes.map(({ section }, index) =>
    section === nodes[index - 1]?.section ? null : section,
  );
  const count = titles.filter((title) => title !== null).length;
  return count * 2 <= nodes.length ? titles : [];
}

function isOver({ status }: GraphNode): boolean {
  return status !== null && isTerminal(status);
}

function markOf({ state }: GraphNode): string {
  return state === 'missing' ? '   ' : STATE_MARKS[state];
}

function toneOf({ state }: GraphNode) {
  return state === 'missing' ? 'bad' : STATE_TONES[state];
}

interface Word {
  readonly text: string;
  paint(text: string): string;
}

/** Words with what divides them, in lines of at most `width` columns. */
function wrap(words: readonly Word[], divider: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const [index, word] of words.entries()) {
    const tail = index === words.length - 1 ? '' : divider;
    const taken = textWidth(word.text) + divider.length;
    if (used > 0 && used + taken > width) {
      lines.push(line.trimEnd());
      line = '';
      used = 0;
    }
    line += word.paint(word.text) + tail;
    used += taken;
  }
  return line === '' ? lines : [...lines, line];
}
