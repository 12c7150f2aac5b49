import type { TaskGraph } from '../../../domain/task-graph.ts';
import { oneLine } from '../text-width.ts';
import {
  CRITICAL_COLOR,
  CYCLE_COLOR,
  captionOf,
  type GraphPicture,
  graphPicture,
  isDashed,
  labelLines,
  markedText,
  type PictureGroup,
  type PictureNode,
  stateColors,
} from './graph-picture.ts';

/** The graph in Graphviz's language: `pawl graph --format dot | dot -Tsvg`. */
export function graphDot(graph: TaskGraph & { readonly list: string }): string {
  const picture = graphPicture(graph);
  const look = 'rankdir=LR, ranksep=0.6, nodesep=0.2, fontname="Helvetica", labelloc=t';
  return `${[
    'digraph tasks {',
    `  graph [${look}, label=${quoted(captionOf(graph))}];`,
    '  node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11];',
    '  edge [color="#6b7280", arrowsize=0.7];',
    ...picture.groups.flatMap(groupLines),
    ...picture.edges.map(({ from, to, critical, inCycle }) => {
      const mark = critical || inCycle ? ` [${emphasis(inCycle)}]` : '';
      return `  ${from.key} -> ${to.key}${mark};`;
    }),
    ...legendLines(picture, graph),
    '}',
  ].join('\n')}\n`;
}

function groupLines({ key, title, nodes }: PictureGroup): readonly string[] {
  if (title === null) return nodes.map((node) => `  ${nodeLine(node)}`);
  const look = 'style="rounded", color="#d1d5db", fontcolor="#6b7280", fontsize=12';
  return [
    `  subgraph cluster_${key} {`,
    `    graph [label=${quoted(title)}, labeljust=l, ${look}];`,
    ...nodes.map((node) => `    ${nodeLine(node)}`),
    '  }',
  ];
}

function nodeLine(node: PictureNode): string {
  const { taskId, description, state, critical, inCycle } = node;
  const label = [taskId, ...labelLines(node)].map(escaped).join('\\n');
  const tip = `${taskId} (${state}): ${description}`;
  const mark = critical || inCycle ? `, ${emphasis(inCycle)}` : '';
  return `${node.key} [label="${label}", tooltip=${quoted(tip)}, ${look(node)}${mark}];`;
}

function look({ state }: Pick<PictureNode, 'state'>): string {
  const { fill, line, text } = stateColors(state);
  const dash = isDashed(state) ? ', style="rounded,filled,dashed"' : '';
  return `fillcolor="${fill}", color="${line}", fontcolor="${text}"${dash}`;
}

function emphasis(inCycle: boolean): string {
  return `color="${inCycle ? CYCLE_COLOR : CRITICAL_COLOR}", penwidth=2.5`;
}

function legendLines({ states }: GraphPicture, graph: TaskGraph): readonly string[] {
  const marked = markedText(graph);
  const small = 'fontsize=9, height=0.2, margin="0.08,0.03"';
  const mark = emphasis(graph.cycle !== null);
  return [
    '  subgraph cluster_legend {',
    '    graph [label="Legend", labeljust=l, style="rounded", color="#d1d5db", fontsize=10];',
    ...states.map((state) => `    l_${state} [label="${state}", ${small}, ${look({ state })}];`),
    ...(marked === null
      ? []
      : [`    l_marked [label=${quoted(marked)}, ${small}, fillcolor=white, ${mark}];`]),
    '  }',
  ];
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** A backslash begins an escape, and `&` an entity, in every string that Graphviz shows. */
function escaped(text: string): string {
  return oneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;');
}
