import type { NodeState, TaskGraph } from '../../../domain/task-graph.ts';
import { oneLine } from '../text-width.ts';
import {
  CRITICAL_COLOR,
  CYCLE_COLOR,
  type GraphPicture,
  graphPicture,
  isDashed,
  labelLines,
  markedText,
  type PictureGroup,
  type PictureNode,
  stateColors,
} from './graph-picture.ts';

/** A flowchart for Mermaid, as GitHub and others show it in a block of markdown. */
export function graphMermaid(graph: TaskGraph): string {
  const picture = graphPicture(graph);
  return `${[
    'flowchart LR',
    ...picture.groups.flatMap(groupLines),
    ...picture.edges.map(({ from, to, critical, inCycle }) => {
      const arrow = critical || inCycle ? '==>' : '-->';
      return `  ${from.key} ${arrow} ${to.key};`;
    }),
    ...legendLines(picture, markedText(graph)),
    ...picture.states.map(classLine),
    ...emphasis(picture),
  ].join('\n')}\n`;
}

function groupLines({ key, title, nodes }: PictureGroup): readonly string[] {
  const lines = nodes.map(nodeLine);
  if (title === null) return lines.map((line) => `  ${line}`);
  return [
    `  subgraph ${key}["${escaped(title)}"];`,
    ...lines.map((line) => `    ${line}`),
    '  end;',
  ];
}

function nodeLine(node: PictureNode): string {
  const text = [node.taskId, ...labelLines(node)].map(escaped).join('<br/>');
  return `${node.key}["${text}"]:::${node.state};`;
}

/**
 * Letters, digits and little else stay as they are; the rest is written by its number, since
 * quotes, brackets, backticks, `#`, `end`, or a line that begins as a list does mean something.
 */
function escaped(text: string): string {
  return oneLine(text)
    .replace(/[^\p{L}\p{M}\p{N} ,./'…-]/gu, (character) => `#${character.codePointAt(0)};`)
    .replace(/^[-.]/, (character) => `#${character.codePointAt(0)};`)
    .replace(/^(\d+)\./, '$1#46;');
}

function classLine(state: NodeState): string {
  const { fill, line, text } = stateColors(state);
  const dash = isDashed(state) ? ',stroke-dasharray:4 3' : '';
  return `  classDef ${state} fill:${fill},stroke:${line},color:${text}${dash};`;
}

function legendLines({ states }: GraphPicture, marked: string | null): readonly string[] {
  return [
    '  subgraph legend["Legend"];',
    '    direction LR;',
    ...states.map((state) => `    l${state}["${state}"]:::${state};`),
    ...(marked === null ? [] : [`    lmarked["${escaped(marked)}"]:::marked;`]),
    '  end;',
  ];
}

function emphasis({ groups, edges }: GraphPicture): readonly string[] {
  const nodes = groups.flatMap((group) => group.nodes);
  const isCycle = nodes.some((node) => node.inCycle);
  const keys = nodes.filter((node) => node.critical || node.inCycle).map((node) => node.key);
  if (keys.length < 2) return [];
  const color = isCycle ? CYCLE_COLOR : CRITICAL_COLOR;
  const links = edges.flatMap(({ critical, inCycle }, index) =>
    critical || inCycle ? [index] : [],
  );
  return [
    `  classDef marked stroke:${color},stroke-width:3px;`,
    `  class ${keys.join(',')} marked;`,
    `  linkStyle ${links.join(',')} stroke:${color},stroke-width:3px;`,
  ];
}
