import type { GraphEdge, GraphNode, NodeState, TaskGraph } from '../../../domain/task-graph.ts';
import { clip, oneLine, textWidth } from '../text-width.ts';

/** What every picture draws: tasks by their sections, and the edges that others do not imply. */
export interface GraphPicture {
  readonly groups: readonly PictureGroup[];
  readonly edges: readonly (Omit<GraphEdge, 'from' | 'to'> & PictureEnds)[];
  /** The states that occur, for the legend. */
  readonly states: readonly NodeState[];
}

export interface PictureGroup {
  readonly key: string;
  /** Null for tasks under no heading, and where all stand under the same. */
  readonly title: string | null;
  readonly nodes: readonly PictureNode[];
}

export interface PictureNode extends GraphNode {
  /** Safe in every notation: `t1`. */
  readonly key: string;
}

interface PictureEnds {
  readonly from: PictureNode;
  readonly to: PictureNode;
}

export function graphPicture(graph: TaskGraph): GraphPicture {
  const nodes = graph.nodes.map((node, index) => ({ ...node, key: `t${index + 1}` }));
  const byId = new Map(nodes.map((node) => [node.taskId, node]));
  const edges = graph.edges.flatMap((edge) => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    return edge.implied || from === undefined || to === undefined ? [] : [{ ...edge, from, to }];
  });
  const present = new Set(nodes.map((node) => node.state));
  return {
    groups: groupsOf(nodes),
    edges,
    states: STATES.filter((state) => present.has(state)),
  };
}

function groupsOf(nodes: readonly PictureNode[]): readonly PictureGroup[] {
  const sections = new Map<string | null, PictureNode[]>();
  for (const node of nodes) {
    const known = sections.get(node.section);
    if (known === undefined) sections.set(node.section, [node]);
    else known.push(node);
  }
  const titles = [...sections.keys()].filter((title) => title !== null);
  return [...sections].map(([title, members], index) => ({
    key: `s${index + 1}`,
    // Mermaid takes no empty title.
    title: titles.length > 1 && title !== null && oneLine(title) !== '' ? oneLine(title) : null,
    nodes: members,
  }));
}

/** In the order of the legend. */
const STATES: readonly NodeState[] = [
  ...(['completed', 'running', 'waiting', 'ready', 'delayed', 'blocked', 'excluded'] as const),
  ...(['failed', 'skipped', 'cancelled', 'removed', 'missing'] as const),
];

export interface StateColors {
  readonly fill: string;
  readonly line: string;
  readonly text: string;
}

/** The colours of the terminal, as tints that a text can be read on. */
export function stateColors(state: NodeState, scheme: 'light' | 'dark' = 'light'): StateColors {
  return COLORS[scheme][TINTS[state]];
}

/** What is not going to be done is drawn dashed, so that colour is not all that tells. */
export function isDashed(state: NodeState): boolean {
  return ['skipped', 'cancelled', 'removed', 'missing', 'excluded'].includes(state);
}

type Tint = 'good' | 'bad' | 'note' | 'warn' | 'strong' | 'dim' | 'faint';

const TINTS: Readonly<Record<NodeState, Tint>> = {
  completed: 'good',
  running: 'note',
  waiting: 'warn',
  ready: 'strong',
  delayed: 'warn',
  blocked: 'dim',
  excluded: 'faint',
  failed: 'bad',
  skipped: 'faint',
  cancelled: 'faint',
  removed: 'faint',
  missing: 'bad',
};

const COLORS: Readonly<Record<'light' | 'dark', Readonly<Record<Tint, StateColors>>>> = {
  light: {
    good: { fill: '#dcfce7', line: '#16a34a', text: '#14532d' },
    bad: { fill: '#fee2e2', line: '#dc2626', text: '#7f1d1d' },
    note: { fill: '#cffafe', line: '#0891b2', text: '#164e63' },
    warn: { fill: '#fef3c7', line: '#d97706', text: '#78350f' },
    strong: { fill: '#ffffff', line: '#111827', text: '#111827' },
    dim: { fill: '#f3f4f6', line: '#9ca3af', text: '#374151' },
    faint: { fill: '#f9fafb', line: '#d1d5db', text: '#6b7280' },
  },
  dark: {
    good: { fill: '#12321f', line: '#22c55e', text: '#bbf7d0' },
    bad: { fill: '#3f1518', line: '#f87171', text: '#fecaca' },
    note: { fill: '#0c3440', line: '#22d3ee', text: '#cffafe' },
    warn: { fill: '#3b2a0a', line: '#fbbf24', text: '#fde68a' },
    strong: { fill: '#1f2937', line: '#f9fafb', text: '#f9fafb' },
    dim: { fill: '#1b222c', line: '#6b7280', text: '#d1d5db' },
    faint: { fill: '#161b22', line: '#4b5563', text: '#9ca3af' },
  },
};

/** The line of the critical path, and of a cycle; both stand out in light and in dark. */
export const CRITICAL_COLOR = '#8b5cf6';
export const CYCLE_COLOR = '#dc2626';

const LABEL_COLUMNS = 30;
const LABEL_LINES = 2;

/** The text of a task in a box: at most two lines. */
export function labelLines({ description }: Pick<GraphNode, 'description'>): readonly string[] {
  const words = oneLine(description).split(' ');
  const lines: string[] = [];
  let line = '';
  for (const [index, word] of words.entries()) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer) <= LABEL_COLUMNS) {
      line = longer;
    } else if (lines.length === LABEL_LINES - 1 || line === '') {
      const rest = [...(line === '' ? [] : [line]), ...words.slice(index)].join(' ');
      lines.push(clip(rest, LABEL_COLUMNS));
      line = '';
      break;
    } else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, ...(line === '' ? [] : [line])].map((text) => clip(text, LABEL_COLUMNS));
}

/** `tasks.md: 12 of 147 completed`. */
export function captionOf(graph: TaskGraph & { readonly list: string }): string {
  const tasks = graph.nodes.filter((node) => node.status !== null);
  const done = tasks.filter((node) => node.status === 'completed').length;
  const name = graph.list.slice(graph.list.lastIndexOf('/') + 1);
  return `${oneLine(name)}: ${done} of ${tasks.length} completed`;
}

/** `critical path: 5 tasks`; null where nothing is marked. */
export function markedText({ criticalPath, cycle }: TaskGraph): string | null {
  if (cycle !== null) return `cycle: ${cycle.length - 1} tasks`;
  const { length } = criticalPath.taskIds;
  return length < 2 ? null : `critical path: ${length} tasks`;
}
