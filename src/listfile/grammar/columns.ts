import { withoutMarkup } from '../../domain/tasklist/task-id.ts';
import type { TableCell } from './table-row.ts';

/** What Pawl takes from a table, by column. */
export type ColumnRole =
  | 'id'
  | 'text'
  | 'status'
  | 'priority'
  | 'depends'
  | 'agent'
  | 'timeout'
  | 'verify'
  | 'needs'
  | 'onDepFailure'
  | 'criteria';

export interface Columns {
  /** Index of the column in each role; the leftmost one of the best name. */
  readonly byRole: ReadonlyMap<ColumnRole, number>;
  /** Columns in no role, with their written names. */
  readonly others: readonly { readonly index: number; readonly name: string }[];
}

/** Find the columns by their headings, in whatever order and of whatever spelling they are. */
export function readColumns(header: readonly TableCell[]): Columns {
  const byRole = new Map<ColumnRole, number>();
  const seek = (names: readonly string[], ranks: number): void => {
    for (const [role, spellings] of SPELLINGS) {
      if (byRole.has(role)) continue;
      const index = spellings
        .slice(0, ranks)
        .map((spelling) => names.indexOf(spelling))
        .find((at) => at >= 0 && ![...byRole.values()].includes(at));
      if (index !== undefined) byRole.set(role, index);
    }
  };
  seek(
    header.map((cell) => nameOf(cell.text)),
    Infinity,
  );
  // `Task / how it is checked`, `Status (of today)`: only the best names, for these are many words.
  seek(
    header.map((cell) => nameOf(cell.text.split(/[/(:]/)[0] as string)),
    2,
  );
  const used = new Set(byRole.values());
  const others = header
    .map((cell, index) => ({ index, name: withoutMarkup(cell.text) }))
    .filter((column) => !used.has(column.index));
  return { byRole, others };
}

/** What a name of a column or key means, and how good a name for it that is: 0 is the best. */
export function roleOf(name: string): { readonly role: ColumnRole; readonly rank: number } | null {
  const plain = nameOf(name);
  for (const [role, spellings] of SPELLINGS) {
    const rank = spellings.indexOf(plain);
    if (rank >= 0) return { role, rank };
  }
  return null;
}

/** Lower case words: `depends_on` and `dependsOn` are `depends on`. */
export function nameOf(text: string): string {
  return withoutMarkup(text)
    .replace(/(\p{Ll})(?=\p{Lu})/gu, '$1 ')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}#]+/gu, ' ')
    .trim();
}

/** The better name first. */
const SPELLINGS: readonly (readonly [ColumnRole, readonly string[]])[] = [
  [
    'id',
    [
      ...[
        'id',
        'task id',
        'taskid',
        'item id',
        'story id',
        'ticket id',
        'key',
        'ticket',
        '#',
        'no',
      ],
      ...['nr', 'num', '编号', '序号', '任务 id', '任务id', '任务编号', '番号', 'タスクid'],
    ],
  ],
  [
    'status',
    [
      ...['status', 'state', 'done', 'task status', 'complete', 'completed', '状态', '状態'],
      ...['ステータス', '进度', '進捗', 'zustand', 'estado', 'statut', 'état', 'статус', '상태'],
    ],
  ],
  [
    'priority',
    [
      ...['priority', 'pri', 'prio', 'p', '优先级', '优先度', '優先度', 'priorität'],
      ...['prioridad', 'prioridade', 'priorité', 'приоритет', '우선순위'],
    ],
  ],
  [
    'text',
    [
      'task',
      'title',
      'task name',
      'task description',
      'action',
      'name',
      'summary',
      'description',
      'item',
      'work',
      'work item',
      'what',
      'story',
      'todo',
      'to do',
      'action item',
      'deliverable',
      ...[
        '任务',
        '任务名称',
        '任务描述',
        '描述',
        '标题',
        '内容',
        'タスク',
        'タスク名',
        '作業',
        '작업',
      ],
      ...['aufgabe', 'beschreibung', 'tarea', 'descripción', 'tarefa', 'descrição', 'tâche'],
      ...['задача', 'описание'],
    ],
  ],
  [
    'depends',
    [
      'depends on',
      'depends',
      'dependencies',
      'dependency',
      'deps',
      'dep',
      'blocked by',
      'blockers',
      'prerequisites',
      'requires',
      'after',
      ...['prereq', 'prereqs', 'prerequisite', '依赖', '直接依赖', '依赖任务', '前置', '前置任务'],
      ...['依存', '依存関係', 'abhängigkeit', 'abhängigkeiten', 'abhängig von', 'wartet auf'],
      ...['dependencias', 'depende de', 'dependências', 'dépend de', 'dépendances', 'зависимости'],
    ],
  ],
  ['agent', ['agent']],
  ['timeout', ['timeout']],
  ['verify', ['verify', 'verify command', 'verification command', 'validation command']],
  ['needs', ['needs']],
  ['onDepFailure', ['on dep failure', 'on dependency failure']],
  [
    'criteria',
    [
      'pass criteria',
      'acceptance criteria',
      'acceptance',
      'exit criteria',
      'exit condition',
      'success criteria',
      'done when',
      'definition of done',
      'criteria',
      ...['验收标准', '受け入れ条件', 'akzeptanzkriterien', 'criterios de aceptación'],
    ],
  ],
];
