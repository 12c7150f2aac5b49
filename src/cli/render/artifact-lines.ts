import type { ListedArtifacts } from '../../operations/list-artifacts.ts';
import type { LineStyle } from './task-lines.ts';
import { clip, oneLine, pad, textWidth } from './text-width.ts';

type Artifact = ListedArtifacts['artifacts'][number];

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const STEP = 1024;
/** An end of an id that is long enough to be one's own, and to be typed. */
const ID_CHARS = 12;
const TASK_WIDTH_MAX = 24;
const SIZE_WIDTH = 9;

/** One line each: end of the id, task, size, name. */
export function artifactLines(all: readonly Artifact[], style: LineStyle): readonly string[] {
  const taskWidth = Math.min(
    TASK_WIDTH_MAX,
    all.reduce((most, { taskId }) => Math.max(most, textWidth(taskId)), 2),
  );
  return all.map((artifact) => {
    const size = artifact.state === 'open' ? 'open' : sizeText(artifact.bytes);
    const id = artifact.artifactId.slice(-ID_CHARS);
    const head = `${id}  ${pad(artifact.taskId, taskWidth)}  ${pad(size, SIZE_WIDTH)} `;
    const room = Math.max(10, style.width - textWidth(head));
    return head + style.paint('strong', clip(oneLine(artifact.name), room));
  });
}

/** Everything that is known of one, a line each. */
export function artifactFacts(artifact: Artifact): readonly string[] {
  const { artifactId, name, kind, mediaType, bytes, sha256, state, list, taskId } = artifact;
  const facts: readonly (readonly [string, string | null])[] = [
    ['id', artifactId],
    ['name', name],
    ['kind', `${kind}, ${mediaType}`],
    ['size', `${bytes} bytes (${sizeText(bytes)}), ${state}`],
    ['sha256', sha256],
    ['task', `${taskId} in ${list}`],
    ['attempt', artifact.fence === null ? null : `fence ${artifact.fence}`],
    ['from', artifact.sourcePath],
    ['summary', artifact.summary],
  ];
  return facts.flatMap(([label, text]) =>
    text === null ? [] : [`${pad(label, 8)} ${oneLine(text)}`],
  );
}

/** `1.5 MiB`; bytes as a whole number. */
export function sizeText(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= STEP && unit < UNITS.length - 1) {
    size /= STEP;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${UNITS[unit]}`;
}
