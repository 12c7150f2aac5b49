import type { Finding } from '../../domain/tasklist/model.ts';
import { hasIdShape } from '../../domain/tasklist/task-id.ts';
import type { CollectedTasks } from './collect-tasks.ts';
import { frontMatter } from './front-matter.ts';
import type { Block, FenceBlock } from './outline.ts';
import { readYamlTasks } from './read-yaml.ts';
import { isCriteriaLabel, ROOT_SECTION } from './section.ts';
import { TaskBody } from './task-body.ts';
import { yamlFacts } from './yaml-facts.ts';
import { readYamlStatus } from './yaml-status.ts';
import { readYaml } from './yaml-tree.ts';

/**
 * A file that is one task: its front matter has the task's id, title and status, and the text below
 * says what to do: its boxes are steps. Null for every other file, such as a page with front
 * matter.
 */
export function readTaskFile(text: string, blocks: readonly Block[]): CollectedTasks | null {
  const fence = frontMatter(text);
  if (fence === null || !blocks.some(describesTask) || !namesTask(fence)) return null;
  const findings: Finding[] = [];
  const [task, ...others] = readYamlTasks(fence, ROOT_SECTION, findings);
  if (task === undefined || others.length > 0) return null;
  const body = new TaskBody();
  body.read(blocks);
  const whole = {
    ...task,
    settings: [...task.settings, ...body.settings],
    steps: [...task.steps, ...body.steps],
    criteria: [...task.criteria, ...body.criteria],
    fields: { ...task.fields, ...body.fields() },
  };
  const none = { criteria: new Map(), taskSections: new Set<never>() };
  return { title: task.description, tasks: [whole], ...none, findings };
}

function describesTask(block: Block): boolean {
  if (block.kind !== 'heading') return false;
  return isCriteriaLabel(block.text) || /^(?:description|implementation plan)$/i.test(block.text);
}

/** Pages and decisions have an id, a title and a status, too, but seldom ours. */
function namesTask(fence: FenceBlock): boolean {
  const reading = readYaml(fence);
  const [map] = reading.ok ? reading.documents : [];
  if (map?.kind !== 'map') return false;
  const { id, text, status } = yamlFacts(map);
  if (id === null || text === null || status === null) return false;
  return (
    hasIdShape(id.value.text) &&
    !/^(?:adr|rfc|doc|decision)\b/i.test(id.value.text) &&
    readYamlStatus(status) !== null
  );
}
