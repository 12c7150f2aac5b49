import { extname } from 'node:path';
import { type PeekedWorkspace, peekWorkspace } from '../../app/peek-workspace.ts';
import { readProjectConfig } from '../../app/project-config.ts';
import { assertNever, PawlError } from '../../domain/errors.ts';
import { FINDING_RULES } from '../../domain/tasklist/findings.ts';
import { graphTaskList, type ListGraph } from '../../operations/graph-task-list.ts';
import { writePicture } from '../../operations/write-picture.ts';
import type { Invocation } from '../invocation.ts';
import { listMeant } from '../list-meant.ts';
import { envelope } from '../render/envelope.ts';
import { type GraphTextOptions, graphText } from '../render/graph/graph-text.ts';
import { oneLine } from '../render/text-width.ts';

export const GRAPH_FORMATS = ['text', 'mermaid', 'dot', 'svg'] as const;
type GraphFormat = (typeof GRAPH_FORMATS)[number];

export interface GraphOptions {
  readonly format?: GraphFormat;
  readonly output?: string;
  readonly only?: 'open' | 'all';
  readonly task?: string;
  readonly max?: string;
}

const MAX_SHOWN = 500;
/** Of a text that is written to a file. */
const FILE_WIDTH = 100;

/** `pawl graph [FILE]`: who waits for whom, as text or as a picture. A cycle is drawn, exit 1. */
export async function graphCommand(
  invocation: Invocation,
  output: string | null,
  options: GraphOptions,
): Promise<number> {
  const { dir, listPath } = invocation;
  const project = await peekWorkspace({ dir, ...(listPath === null ? {} : { listPath }) });
  try {
    const max = countOf(options.max);
    const format = options.format ?? formatOf(output);
    const graph = await graphMeant(project, invocation, options);
    if (output !== null) {
      const plain = { width: FILE_WIDTH, paint: (_tone: unknown, text: string) => text, max };
      const content = await drawn(graph, format, plain);
      await writePicture(project, { file: output, content, list: graph.list });
    }
    await tell(invocation, graph, { format, output, max });
    return graph.cycle === null ? 0 : 1;
  } finally {
    await project.close();
  }
}

async function graphMeant(
  project: PeekedWorkspace,
  invocation: Invocation,
  { only, task }: GraphOptions,
): Promise<ListGraph> {
  const path = await listMeant(project, invocation.listPath);
  const { config } = await readProjectConfig(project.world, { stateDir: project.stateDir });
  return await graphTaskList(project, {
    path,
    listBytesMax: config.listBytesMax,
    openOnly: only === 'open',
    ...(task === undefined ? {} : { around: task }),
  });
}

/** What is drawn for one format alone is loaded for it alone. */
async function drawn(
  graph: ListGraph,
  format: GraphFormat,
  style: GraphTextOptions,
): Promise<string> {
  switch (format) {
    case 'text':
      return graphText(graph, style)
        .map((line) => `${line}\n`)
        .join('');
    case 'mermaid':
      return (await import('../render/graph/graph-mermaid.ts')).graphMermaid(graph);
    case 'dot':
      return (await import('../render/graph/graph-dot.ts')).graphDot(graph);
    case 'svg':
      return (await import('../render/graph/graph-svg.ts')).graphSvg(graph);
    default:
      return assertNever(format);
  }
}

async function tell(
  invocation: Invocation,
  graph: ListGraph,
  {
    format,
    output,
    max,
  }: { readonly format: GraphFormat; readonly output: string | null; readonly max: number },
): Promise<void> {
  const { terminal, json } = invocation;
  const { paint } = terminal;
  if (json) {
    terminal.out(envelope('graph', { ...graph, output }));
    return;
  }
  if (output === null) {
    terminal.write(await drawn(graph, format, { width: terminal.columns, paint, max }));
  } else {
    const tasks = graph.nodes.filter((node) => node.status !== null);
    terminal.out(`wrote ${output}: ${tasks.length} tasks, ${graph.edges.length} dependencies`);
  }
  if (graph.cycle === null) return;
  const path = graph.cycle.map(oneLine).join(' -> ');
  terminal.err(`${paint('bad', 'pawl: tasks wait for each other')}: ${path}`);
  terminal.err(paint('dim', `  ${FINDING_RULES.dependency_cycle.remedy}`));
}

const EXTENSIONS: Readonly<Record<string, GraphFormat>> = {
  '.svg': 'svg',
  '.dot': 'dot',
  '.gv': 'dot',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
};

/** A file's name says what is to be in it. */
function formatOf(output: string | null): GraphFormat {
  return EXTENSIONS[extname(output ?? '').toLowerCase()] ?? 'text';
}

function countOf(written: string | undefined): number {
  if (written === undefined) return MAX_SHOWN;
  if (/^\d{1,9}$/.test(written) && Number(written) > 0) return Number(written);
  throw new PawlError('usage', `--max: ${written} is no number of tasks`);
}
