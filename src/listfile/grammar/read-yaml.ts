import { finding } from '../../domain/tasklist/findings.ts';
import type { Finding } from '../../domain/tasklist/model.ts';
import { hasIdShape, isCellId, leadingId } from '../../domain/tasklist/task-id.ts';
import { nameOf } from './columns.ts';
import type { FenceBlock } from './outline.ts';
import type { RawTask } from './raw-task.ts';
import type { Section } from './section.ts';
import { nestedAt, plainText, type YamlFacts, yamlFacts } from './yaml-facts.ts';
import { readYamlStatus } from './yaml-status.ts';
import { readYaml, type Spot, type YamlMap, type YamlNode } from './yaml-tree.ts';

/**
 * The tasks of one YAML block: a map that is a task, a list of such maps, or maps that hold them
 * under `tasks`, in phases or not. Anything else is somebody's example, and is left alone.
 */
export function readYamlTasks(
  fence: FenceBlock,
  section: Section,
  findings: Finding[],
): readonly RawTask[] {
  if (!/^ya?ml\b/i.test(fence.info) || !resemblesTasks(fence.content)) return [];
  const reading = readYaml(fence);
  if (!reading.ok) {
    if (!TASK_KEY.test(fence.content)) return [];
    const message = `this YAML block looks like a task, but cannot be read: ${reading.message}`;
    findings.push(finding('yaml_invalid', placeOf(reading.spot), message));
    return [];
  }
  const reader = new YamlTaskReader(findings);
  for (const document of reading.documents) reader.collect(document, { section, listed: false });
  return reader.tasks;
}

export function placeOf(spot: Spot): { line: number; column: number; length: number } {
  return { line: spot.line, column: spot.column, length: spot.end - spot.start };
}

const key = (names: string): RegExp =>
  new RegExp(`(?:^|[{,-])[ \\t]*["']?(?:${names})["']?[ \\t]*:`, 'im');
/** Cheap looks at the text: most blocks of YAML are examples, and need not be parsed. */
const NAME_KEY = key('id|task[ _-]?id|title|task|name|tasks|todos|backlog');
const TASK_KEY = key('id|task[ _-]?id|tasks');
const WORK_KEY = key(
  'status|state|done|title|task|description|action|priority|depends(?:[ _-]?on)?|deps|' +
    'dependencies|blocked[ _-]?by|validation|verify|acceptance[ _-]?criteria|criteria|steps',
);

function resemblesTasks(content: string): boolean {
  return NAME_KEY.test(content) && WORK_KEY.test(content);
}

/** Keys under which tasks stand, and keys of what groups them. */
const TASKS: ReadonlySet<string> = new Set(['tasks', 'todos', 'task list', 'backlog']);
const GROUPS: ReadonlySet<string> = new Set(
  'phases milestones epics sections groups stories sprints features waves stages'.split(' '),
);

interface Around {
  readonly section: Section;
  /** Stands under `tasks`: whatever has a text is a task. */
  readonly listed: boolean;
  /** The key it stands under, where tasks are a map of ids. */
  readonly id?: { readonly text: string; readonly spot: Spot };
}

class YamlTaskReader {
  readonly tasks: RawTask[] = [];
  private readonly findings: Finding[];

  constructor(findings: Finding[]) {
    this.findings = findings;
  }

  collect(node: YamlNode, around: Around): void {
    if (node.kind === 'list') {
      for (const item of node.items) this.collect(item, around);
    } else if (node.kind === 'map') {
      this.map(node, around);
    } else if (around.listed && node.text !== '') {
      this.text(node.text, node.spot, around);
    }
  }

  private map(map: YamlMap, around: Around): void {
    if (nestedAt(map, TASKS) === null && nestedAt(map, GROUPS) === null) {
      const facts = yamlFacts(map);
      if (this.isTask(facts, around)) this.tasks.push(this.task(facts, around));
      else this.noteNoTask(facts, map);
      return;
    }
    for (const { name, value } of map.entries) {
      if (TASKS.has(nameOf(name))) this.listed(value, around.section);
      else if (GROUPS.has(nameOf(name))) this.groups(value, around.section);
    }
  }

  private listed(value: YamlNode, section: Section): void {
    if (value.kind !== 'map') {
      this.collect(value, { section, listed: true });
      return;
    }
    for (const { name, spot, value: task } of value.entries) {
      this.collect(task, { section, listed: true, id: { text: name, spot } });
    }
  }

  private groups(value: YamlNode, parent: Section): void {
    const groups =
      value.kind === 'map'
        ? value.entries.map((entry) => ({ title: entry.name, group: entry.value }))
        : (value.kind === 'list' ? value.items : []).map((group) => ({ title: null, group }));
    for (const { title, group } of groups) {
      const own = group.kind === 'map' ? yamlFacts(group).text : null;
      const section = {
        ...{ title: own?.value.text ?? title, level: parent.level + 1, parent },
        ...{ headingId: null, holdsCriteria: false },
      };
      this.collect(group, { section, listed: group.kind === 'list' });
    }
  }

  private isTask({ id, text, status, hasWork }: YamlFacts, around: Around): boolean {
    const name = around.id?.text ?? (id === null ? null : idIn(id.value.text));
    if (around.listed) return name !== null || text !== null;
    const readable = status !== null && readYamlStatus(status) !== null;
    if (name === null) return text !== null && readable;
    // Steps of pipelines and other examples have an id and conditions, too.
    if (!hasIdShape(name)) return readable || (hasWork && text !== null);
    return hasWork || text !== null || status !== null;
  }

  private noteNoTask({ id, text }: YamlFacts, map: YamlMap): void {
    // `name` and `description` stand in every kind of example.
    if (id === null || text === null || !/^(?:task|title)/i.test(text.name)) return;
    const message = `this has no status, and \`${id.value.text}\` does not look like a task's id`;
    const remedy = 'Give it `status: pending`, or an id such as ABC-001, if it is a task.';
    this.findings.push(finding('row_not_taken', placeOf(map.spot), message, remedy));
  }

  private task(facts: YamlFacts, { section, id: keyed }: Around): RawTask {
    const written = facts.text?.value.text ?? '';
    const lead = facts.id === null && keyed === undefined ? leadingId(written) : null;
    const id =
      keyed?.text ?? lead?.taskId ?? (facts.id === null ? null : idIn(facts.id.value.text));
    const spot = keyed?.spot ?? facts.id?.value.spot ?? facts.text?.value.spot ?? facts.spot;
    const status = facts.status === null ? null : readYamlStatus(facts.status);
    if (facts.status !== null && status === null) {
      const message = `\`${plainText(facts.status.value)}\` is no status; the task is queued`;
      const at = { ...placeOf(facts.status.value.spot), taskId: id };
      this.findings.push(finding('status_unknown', at, message));
    }
    return {
      ...{ ...placeOf(spot), taskId: id, from: 'yaml', section },
      description: (lead?.rest ?? written).replace(/\s+/g, ' ').trim(),
      ...(facts.status === null ? {} : { markLine: facts.status.value.spot.line }),
      mark: status?.mark ?? 'none',
      place: status?.place ?? null,
      settings: facts.settings,
      ...{ steps: facts.steps, criteria: facts.criteria, fields: facts.fields },
    };
  }

  /** `- Write the parser` under `tasks`. */
  private text(written: string, spot: Spot, { section, id: keyed }: Around): void {
    const lead = keyed === undefined ? leadingId(written) : null;
    this.tasks.push({
      ...{ ...placeOf(keyed?.spot ?? spot), from: 'yaml', section },
      taskId: keyed?.text ?? lead?.taskId ?? null,
      description: (lead?.rest ?? written).replace(/\s+/g, ' ').trim(),
      ...{ mark: 'none', place: null, settings: [], steps: [], criteria: [], fields: {} },
    });
  }
}

function idIn(text: string): string | null {
  return isCellId(text) ? text : (leadingId(text)?.taskId ?? null);
}
