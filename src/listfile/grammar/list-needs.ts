import type { IdFinder } from '../../domain/tasklist/dependency-text.ts';
import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding, ListTask } from '../../domain/tasklist/model.ts';
import { nameOf } from './columns.ts';
import { frontMatter } from './front-matter.ts';
import { readYaml, type Spot, type YamlNode } from './yaml-tree.ts';

/**
 * What the front matter says that every task of the list needs: `needs: gpu`, `needs: [gpu, net]`.
 * Ids of the list are refused there: no task could wait for itself.
 */
export function readListNeeds(
  text: string,
  existing: IdFinder,
  findings: Finding[],
): readonly string[] {
  const fence = frontMatter(text);
  if (fence === null || !/^needs[ \t]*:/im.test(fence.content)) return [];
  const note = (message: string, { line, column }: Pick<Spot, 'line' | 'column'>): void => {
    const remedy = 'Write labels divided by commas, as in `needs: gpu, net`.';
    findings.push(finding('clause_invalid', { line, column }, message, remedy));
  };
  const reading = readYaml(fence);
  const [map] = reading.ok ? reading.documents : [];
  if (!reading.ok || map?.kind !== 'map') {
    const message = 'the front matter cannot be read: what it says all tasks need is not known';
    note(message, reading.ok ? { line: 1, column: 1 } : reading.spot);
    return [];
  }
  const entry = map.entries.find(({ name }) => nameOf(name) === 'needs');
  const names = entry === undefined ? [] : namesIn(entry.value);
  if (entry === undefined || names === null) {
    if (entry !== undefined) note('`needs` of the list is no list of labels', entry.spot);
    return [];
  }
  const tasks = names.filter((name) => existing.find(name) !== null);
  if (tasks.length > 0) note(`${tasks.join(', ')}: a list cannot need its own tasks`, entry.spot);
  return [...new Set(names.filter((name) => !tasks.includes(name)))];
}

/** The task with what its list needs, too. */
export function withListNeeds<T extends Pick<Partial<ListTask>, 'needs'>>(
  task: T,
  ofList: readonly string[],
): T {
  const { needs } = task;
  if (needs === undefined || ofList.length === 0) return task;
  return { ...task, needs: [...new Set([...needs, ...ofList])] };
}

/** Null for what is neither a text nor a list of texts. */
function namesIn(value: YamlNode): readonly string[] | null {
  switch (value.kind) {
    case 'text':
      return value.text
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
    case 'list': {
      const names = value.items.map(namesIn);
      return names.some((one) => one === null) ? null : names.flatMap((one) => one ?? []);
    }
    case 'map':
      return null;
  }
}
