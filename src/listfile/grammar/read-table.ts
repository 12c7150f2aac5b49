import { type FindingPlace, finding } from '../../domain/tasklist/findings.ts';
import type { Finding, ListMark } from '../../domain/tasklist/model.ts';
import {
  hasIdShape,
  ID_LENGTH_MAX,
  isCellId,
  type LeadingId,
  leadingId,
  withoutMarkup,
} from '../../domain/tasklist/task-id.ts';
import { readBox } from './box.ts';
import { type ClauseKey, splitClauses } from './clauses.ts';
import { type ColumnRole, type Columns, nameOf, readColumns } from './columns.ts';
import type { MarkPlace } from './mark-place.ts';
import type { TableBlock, TableRow } from './outline.ts';
import type { RawTask, Setting } from './raw-task.ts';
import { isRecord, type Section } from './section.ts';
import { withoutComments } from './source-text.ts';
import { readStatusCell } from './status-cell.ts';
import type { TableCell } from './table-row.ts';

/** The tasks of one table, and findings for rows that look like tasks and are none. */
export function readTable(table: TableBlock, section: Section, findings: Finding[]): RawTask[] {
  const { header } = table;
  if (header.cells.length > COLUMNS_MAX) {
    const message = `this table has over ${COLUMNS_MAX} columns, and is not read`;
    findings.push(finding('row_not_taken', { line: header.line }, message, 'Divide it.'));
    return [];
  }
  if (isRecord(section) && !readColumns(header.cells).byRole.has('id')) return [];
  const columns = taskColumns(table);
  if (!holdsTasks(table, columns)) {
    noteUnreadRows(table, columns, findings);
    return [];
  }
  const tasks: RawTask[] = [];
  for (const row of table.rows) {
    const task = new RowReader(row, table, columns, findings).task(section);
    if (task !== null) tasks.push(task);
  }
  return tasks;
}

/** Of a table whose rows are tasks. */
export const COLUMNS_MAX = 200;

/** Whether its rows may be tasks, by its columns. */
export function holdsTasks(table: TableBlock, columns: Columns = taskColumns(table)): boolean {
  const { byRole } = columns;
  const readable = byRole.has('id') && (byRole.has('text') || byRole.has('status'));
  return readable || listsTasks(table, columns);
}

/** What Pawl takes from the columns of a table. */
export function taskColumns(table: TableBlock): Columns {
  return withTextColumn(withIdColumn(readColumns(table.header.cells), table), table);
}

/** Beside ids and what belongs to tasks alone, the longest column of no known name is the text. */
function withTextColumn({ byRole, others }: Columns, { rows }: TableBlock): Columns {
  const ofTasks = ['status', 'depends', 'priority', 'criteria'] as const;
  const lists = ofTasks.some((role) => byRole.has(role));
  if (!byRole.has('id') || byRole.has('text') || !lists) return { byRole, others };
  const lengthOf = ({ index }: { readonly index: number }): number =>
    rows.reduce((sum, row) => sum + (row.cells[index]?.text.length ?? 0), 0);
  const [text] = [...others].sort((a, b) => lengthOf(b) - lengthOf(a));
  if (text === undefined) return { byRole, others };
  return {
    byRole: new Map([...byRole, ['text', text.index]]),
    others: others.filter((column) => column !== text),
  };
}

/** A table without a column headed ID may have ids in its first column all the same. */
function withIdColumn(columns: Columns, table: TableBlock): Columns {
  const { byRole } = columns;
  const readable = byRole.has('status') || byRole.has('text');
  if (byRole.has('id') || !readable || table.rows.length === 0) return columns;
  if (OTHER_NUMBERS.test(nameOf(table.header.cells[0]?.text ?? ''))) return columns;
  const allIds = table.rows.every((row) => hasIdShape(withoutMarkup(row.cells[0]?.text ?? '')));
  if (!allIds || hasOtherStatuses(table, byRole.get('status'))) return columns;
  const roles = new Map([...byRole].filter(([, index]) => index !== 0));
  const others = columns.others.filter((column) => column.index !== 0);
  const text = others.find((column) => /^(?:description|title|name|summary)$/i.test(column.name));
  if (!roles.has('text') && text !== undefined) roles.set('text', text.index);
  if (!roles.has('text') && !roles.has('status')) return columns;
  roles.set('id', 0);
  return { byRole: roles, others: others.filter((column) => column !== text) };
}

/** `Final`, `ELIGIBLE`: no row has a status that a task can have. */
function hasOtherStatuses({ rows }: TableBlock, column: number | undefined): boolean {
  if (column === undefined) return false;
  return rows.every(({ cells }) => {
    const cell = cells[column];
    return cell !== undefined && readStatusCell(cell).kind === 'unknown';
  });
}

/** Names of columns whose cells look like ids and are numbers of something else. */
const OTHER_NUMBERS = new RegExp(
  '\\b(?:version|release|tag|codes?|errors?|rules?|diagnostics?|standards?|rfc|cve|adr|eip|kep|' +
    'pep|jep|models?|formats?|boards?|chips?|parts?)\\b',
);

/** Task and Status, and nothing that numbers them; not the log of what was done. */
function listsTasks({ header }: TableBlock, { byRole }: Columns): boolean {
  const text = byRole.get('text');
  if (byRole.has('id') || !byRole.has('status') || text === undefined) return false;
  return TASK_HEADINGS.has(nameOf(header.cells[text]?.text ?? ''));
}

const TASK_HEADINGS: ReadonlySet<string> = new Set(
  (
    'task|task name|task description|action|action item|work item|item|todo|to do|story|' +
    '任务|任务名称|タスク|タスク名|작업|aufgabe|tarea|tarefa|tâche|задача'
  ).split('|'),
);

function noteUnreadRows(table: TableBlock, { byRole }: Columns, findings: Finding[]): void {
  if (!byRole.has('text') && countsThings(table)) return;
  const named = byRole.has('status') && byRole.has('text');
  for (const row of table.rows) {
    const box = row.cells.find((cell) => readBox(cell.text, cell.start) !== null);
    const filled = row.cells.some((cell) => cell.text !== '');
    if (box === undefined && !(named && filled)) continue;
    const message = 'this row has a status, but its table has no column with ids or tasks';
    const remedy = 'Add an ID column, with an id in each row that is a task.';
    const place = { line: row.line, ...spanOf(row, box ?? row.cells[0]) };
    findings.push(finding('row_not_taken', place, message, remedy));
  }
}

/** A table with a column of nothing but numbers sums tasks up. */
function countsThings({ header, rows }: TableBlock): boolean {
  return header.cells.some((_, index) => {
    const cells = rows.map((row) => withoutMarkup(row.cells[index]?.text ?? ''));
    const filled = cells.filter((text) => text !== '');
    return filled.length > 0 && filled.every((text) => /^\d+(?:\.\d+)?%?$/.test(text));
  });
}

const SETTING_ROLES: readonly (ColumnRole & ClauseKey)[] = [
  'priority',
  'depends',
  'agent',
  'timeout',
  'verify',
  'needs',
  'onDepFailure',
];

class RowReader {
  private readonly row: TableRow;
  private readonly table: TableBlock;
  private readonly columns: Columns;
  private readonly findings: Finding[];

  constructor(row: TableRow, table: TableBlock, columns: Columns, findings: Finding[]) {
    this.row = row;
    this.table = table;
    this.columns = columns;
    this.findings = findings;
  }

  task(section: Section): RawTask | null {
    const idCell = this.cell('id');
    const written = withoutMarkup(idCell?.text ?? '');
    const textCell = this.cell('text');
    const text = splitClauses(withoutComments(textCell?.text ?? ''));
    const lead = this.columns.byRole.has('id') ? null : leadingId(text.description);
    const named = isCellId(written) ? { taskId: written, rest: '' } : idWithWords(idCell);
    const taskId = named?.taskId ?? lead?.taskId ?? null;
    const description = [named?.rest ?? '', lead?.rest ?? text.description];
    if (!this.isTask(taskId, text.description)) {
      this.noteNoTask(taskId, section);
      return null;
    }
    this.checkWidth(taskId);
    const { mark, place } = this.mark(taskId);
    const settings = this.settings();
    for (const clause of text.clauses) settings.push(this.setting(clause, textCell));
    this.noteDoubtful(text.doubtful, textCell, taskId);
    const criteria = this.cell('criteria')?.text ?? '';
    return {
      taskId,
      from: this.columns.byRole.has('id') ? 'table' : 'bare-table',
      description: description.filter((part) => part !== '').join(': '),
      section,
      line: this.row.line,
      ...spanOf(this.row, idCell ?? textCell),
      mark,
      place,
      settings,
      steps: [],
      criteria: criteria === '' ? [] : [criteria],
      fields: this.fields(),
    };
  }

  private cell(role: ColumnRole): TableCell | undefined {
    const index = this.columns.byRole.get(role);
    return index === undefined ? undefined : this.row.cells[index];
  }

  private placeOf(cell: TableCell | undefined, taskId: string | null): FindingPlace {
    return { line: this.row.line, ...spanOf(this.row, cell), taskId };
  }

  /** Without a status column only the shape of its id tells a task from a word in a glossary. */
  private isTask(taskId: string | null, description: string): boolean {
    const { byRole } = this.columns;
    if (!byRole.has('id')) return description !== '' && !this.isDivider() && !isSum(description);
    if (taskId === null) return description !== '' && this.isUnnumbered();
    // A glossary and a table of what exists number their rows too.
    const isPlanned = byRole.has('text') && (byRole.has('priority') || byRole.has('depends'));
    return byRole.has('status') || hasIdShape(taskId) || (isPlanned && /^\d+$/.test(taskId));
  }

  /** `| - | text | done |`: nobody has given it a number yet. */
  private isUnnumbered(): boolean {
    const status = this.cell('status');
    if (!/^[-–—?]+$/.test(this.cell('id')?.text ?? '') || status === undefined) return false;
    if (isSum(this.cell('text')?.text ?? '')) return false;
    const { kind } = readStatusCell(status);
    return kind !== 'empty' && kind !== 'unknown';
  }

  /** `| **Phase 1** | |` */
  private isDivider(): boolean {
    const filled = this.row.cells.filter((cell) => cell.text !== '');
    return filled.length === 1 && /^\*\*.*\*\*$/.test(filled[0]?.text ?? '');
  }

  private noteNoTask(taskId: string | null, section: Section): void {
    const filled = this.row.cells.filter((cell) => cell.text !== '');
    // A row with one filled cell divides the table; it is no task.
    if (filled.length <= 1 || isRecord(section) || isSum(filled[0]?.text ?? '')) return;
    const written = withoutMarkup(this.cell('id')?.text ?? '');
    const isWord = !/\s/.test(written) && /[\p{L}\p{N}]/u.test(written);
    const message =
      taskId === null
        ? isWord
          ? `\`${written}\` is not taken for an id: ${ID_CHARACTERS}`
          : 'this row has no id'
        : `the table has no status column, and \`${taskId}\` does not look like a task's id`;
    const place = this.placeOf(this.cell('id'), null);
    this.findings.push(finding('row_not_taken', place, message));
  }

  private checkWidth(taskId: string | null): void {
    const expected = this.table.header.cells.length;
    const actual = this.row.cells.length;
    if (actual === expected) return;
    const message = `the row has ${actual} cells, its header ${expected}`;
    const place = this.placeOf(this.cell('id'), taskId);
    this.findings.push(finding('row_cells_differ', place, message));
  }

  private mark(taskId: string | null): { mark: ListMark; place: MarkPlace | null } {
    const cell = this.cell('status');
    if (cell === undefined) return { mark: 'none', place: null };
    const reading = readStatusCell(cell);
    if (reading.kind === 'box') {
      if (reading.mark === null) this.noteStatus(cell, taskId);
      const place = { kind: 'box', start: reading.start, end: reading.end } as const;
      return { mark: reading.mark ?? 'queued', place };
    }
    if (reading.kind === 'unknown') {
      this.noteStatus(cell, taskId);
      // It may be a remark, which a mark must not replace.
      return { mark: 'none', place: null };
    }
    if (reading.kind === 'remark') return { mark: reading.mark, place: null };
    const mark = reading.kind === 'word' ? reading.mark : null;
    const place = { kind: 'word', mark, ...this.wordPlace(cell) } as const;
    return { mark: mark ?? 'queued', place };
  }

  private wordPlace(cell: TableCell): Omit<MarkPlace & { kind: 'word' }, 'kind' | 'mark'> {
    const { start, end, cellStart, cellEnd } = cell;
    const index = this.columns.byRole.get('status') as number;
    const heading = this.table.header.cells[index] as TableCell;
    const aligned = heading.cellEnd - heading.cellStart === cellEnd - cellStart;
    return { start, end, cellStart, cellEnd, aligned };
  }

  private noteStatus(cell: TableCell, taskId: string | null): void {
    const place = this.placeOf(cell, taskId);
    const message = `\`${cell.text}\` is no status; the task is queued`;
    this.findings.push(finding('status_unknown', place, message));
  }

  private noteDoubtful(
    doubtful: readonly { readonly key: ClauseKey; readonly value: string }[],
    cell: TableCell | undefined,
    taskId: string | null,
  ): void {
    for (const clause of doubtful) {
      this.findings.push(doubtfulClause(clause, this.placeOf(cell, taskId)));
    }
  }

  private settings(): Setting[] {
    const settings: Setting[] = [];
    for (const role of SETTING_ROLES) {
      const cell = this.cell(role);
      if (cell === undefined || /^[-–—]*$/.test(cell.text)) continue;
      settings.push(this.setting({ key: role, value: withoutComments(cell.text) }, cell));
    }
    return settings;
  }

  private setting(
    clause: { readonly key: ClauseKey; readonly value: string },
    cell: TableCell | undefined,
  ): Setting {
    const { column, length } = spanOf(this.row, cell);
    return { key: clause.key, value: clause.value, line: this.row.line, column, length };
  }

  private fields(): Record<string, string> {
    const fields: Record<string, string> = {};
    for (const { index, name } of this.columns.others) {
      const text = this.row.cells[index]?.text ?? '';
      if (text !== '' && name !== '') fields[name] = text;
    }
    return fields;
  }
}

const ID_CHARACTERS =
  `an id is at most ${ID_LENGTH_MAX} letters, digits and \`. _ / # : + -\`, ` +
  'and begins with a letter or digit';

/** `A-1: sign in`, `A1.2 sign in`; not `A-1 to A-5`. */
function idWithWords(cell: TableCell | undefined): LeadingId | null {
  const [first = '', ...others] = withoutMarkup(cell?.text ?? '').split(/\s+/);
  const bare = hasIdShape(first) ? { taskId: first, rest: others.join(' ') } : null;
  const lead = leadingId(cell?.text ?? '') ?? bare;
  return lead?.rest.split(/\s+/).some(hasIdShape) ? null : lead;
}

/** `| **Total** | | 13h |` */
function isSum(text: string): boolean {
  return /^(?:sub-?total|total|sum|summe|gesamt|总计|合计|小计|合計|小計|итого)$/i.test(
    withoutMarkup(text).replace(/:$/, '').trimEnd(),
  );
}

/** A cell's content; the whole row where there is none. */
function spanOf(
  row: TableRow,
  cell: TableCell | undefined,
): { readonly column: number; readonly length: number } {
  if (cell !== undefined && cell.start < cell.end) {
    return { column: cell.start - row.lineStart + 1, length: cell.end - cell.start };
  }
  const length = Math.max(1, (row.cells.at(-1)?.cellEnd ?? row.start) - row.start);
  return { column: row.start - row.lineStart + 1, length };
}

export function doubtfulClause(
  clause: { readonly key: ClauseKey; readonly value: string },
  place: FindingPlace,
): Finding {
  return clause.key === 'depends'
    ? finding('free_text_dependency', place, `\`${clause.value}\` names no task`)
    : finding('clause_invalid', place, `\`${clause.value}\` is no value for ${clause.key}`);
}
