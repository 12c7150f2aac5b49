import { rootOfId } from '../../../../src/mcp/rooted-id.ts';
import type { FuzzCall, FuzzedTool } from './any-call.ts';
import { faultOfValues } from './asked-values.ts';
import type { Judged } from './judge-answer.ts';
import type { StateChange } from './state-watch.ts';

export interface JudgedCall {
  readonly asked: FuzzCall;
  readonly judged: Exclude<Judged, { readonly kind: 'fault' }>;
  readonly changes: readonly StateChange[];
  readonly tools: readonly FuzzedTool[];
}

/** What is wrong with what a call changed; null when that is what it was asked to, or nothing. */
export function judgeChanges(call: JudgedCall): string | null {
  const { asked, judged, changes, tools } = call;
  if (changes.length === 0) return null;
  if (judged.kind === 'refused') {
    const beyond = judged.code === 'stale_fence' ? changes.filter(isNotKeptLate) : changes;
    return beyond.length === 0 ? null : `refused with ${judged.code}, and changed${told(beyond)}`;
  }
  const tool = tools.find(({ name }) => name === asked.tool);
  if (tool?.annotations?.readOnlyHint === true) return `it only reads, and changed${told(changes)}`;
  const seen = changes.filter(({ key }) => !key.startsWith(PROBE));
  const isPreview = judged.answer['preview'] === true || isLook(asked);
  if (isPreview && seen.length > 0) return `a preview, and changed${told(seen)}`;
  const beyond = changes.filter((change) => !isAskedFor(change, call));
  if (beyond.length > 0) return `nobody asked it to change${told(beyond)}`;
  return faultOfValues({ asked, changes });
}

/** The durable write by which it is tried whether the store takes any. */
const PROBE = 'probe:';

/** Nothing is tidied away unless that is said. */
function isLook({ tool, args }: FuzzCall): boolean {
  const { action, apply, dry_run: dry } = (args ?? {}) as Row;
  if (tool === 'orchestrator_cleanup_sessions') return dry !== false;
  const looks = ['scan_cleanup', 'validate_structure', 'update_documentation'];
  const isCare = tool === 'orchestrator_maintenance_coordinator';
  return isCare && looks.includes(String(action)) && apply !== true;
}

/** What comes too late is kept as an event; that its client was heard of is no change. */
function isNotKeptLate({ table, before, after }: StateChange): boolean {
  if (table === 'sessions') return false;
  return !(table === 'task_events' && before === null && after?.['kind'] === 'late_result');
}

type Row = Readonly<Record<string, unknown>>;

function isAskedFor(change: StateChange, call: JudgedCall): boolean {
  const { table, key } = change;
  const row = (change.after ?? change.before) as Row;
  switch (table) {
    case 'files':
      return isFileAskedFor(key, call);
    case 'sessions':
      return isOurs(row) || said(call).includes(String(row['session_id']));
    case 'task_queue':
      return isBookKeeping(change) || namedTasks(call).has(row);
    case 'task_breakdowns':
    case 'task_lists':
      return isListNamed(row, call);
    case 'store_meta':
    case 'migration_history':
    case 'imported_records':
      return false;
    default:
      return true; // it belongs to one of the rows above, and is written with it
  }
}

/** Marks that are owed are written with the next one of their list. */
function isBookKeeping({ before, after }: StateChange): boolean {
  if (before === null || after === null) return false;
  return Object.keys(after).every(
    (name) => before[name] === after[name] || BOOK_KEEPING.includes(name),
  );
}

const BOOK_KEEPING = ['seen_mark', 'line', 'updated_at'];

const isOurs = (session: Row): boolean => String(session['client_id']).startsWith('fuzz@');

/** All that the call says, and all that is answered. */
function said({ asked, judged }: JudgedCall): string {
  const text = judged.kind === 'accepted' ? JSON.stringify(judged.answer) : '';
  return `${JSON.stringify(asked.args)}${text}`;
}

function isListNamed(row: Row, call: JudgedCall): boolean {
  const names = [row['task_list_path'], row['parent_task_id']].flatMap((name) =>
    typeof name === 'string' ? [name, name.replace(/^breakdown:/, ''), baseOf(name)] : [],
  );
  const text = said(call);
  return names.some((name) => text.includes(name)) || namedTasks(call).size > 0;
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * The changed tasks that a call is about: the one that its answer names with those that depend on
 * it; or, where it names none, all of the lists that are named.
 */
function namedTasks(call: JudgedCall): ReadonlySet<Row> {
  const { changes, judged } = call;
  const rows = changes
    .filter(({ table }) => table === 'task_queue')
    .map(({ before, after }) => (after ?? before) as Row);
  const answer = judged.kind === 'accepted' ? judged.answer : {};
  const task = answer['task_id'] ?? (answer['task'] as Row | undefined)?.['task_id'];
  const found = new Set<Row>();
  if (typeof task !== 'string') {
    const text = said(call);
    for (const row of rows) {
      const path = String(row['task_list_path']);
      const names = [path.replace(/^breakdown:/, ''), baseOf(path), String(row['task_id'])];
      if (names.some((name) => text.includes(name))) found.add(row);
    }
    return found;
  }
  const ids = new Set([task]);
  for (let more = true; more; ) {
    const next = rows.filter((row) => !found.has(row) && (isIn(row, ids) || waitsFor(row, ids)));
    for (const row of next) {
      found.add(row);
      ids.add(String(row['task_id']));
    }
    more = next.length > 0;
  }
  return found;
}

const isIn = (row: Row, ids: ReadonlySet<string>): boolean => ids.has(String(row['task_id']));

function waitsFor(row: Row, ids: ReadonlySet<string>): boolean {
  const waited = JSON.parse(String(row['dependencies'] ?? '[]')) as readonly string[];
  return waited.some((id) => ids.has(id));
}

const PROJECT = 'project';

/** Pawl's own folder, of the project that is meant; and the marks of a list. */
function isFileAskedFor(path: string, { asked }: JudgedCall): boolean {
  const [place = '', folder] = path.split('/');
  const args = (asked.args ?? {}) as Row;
  const roots = [args['working_directory'], rootOfId(textOf(args['session_id']))].map(textOf);
  const isMeant =
    place === PROJECT || roots.some((root) => root.includes(place) || root.includes('linked'));
  return isMeant && (folder === '.pawl' || path === `${PROJECT}/tasks.md`);
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const SHOWN_MAX = 4;

function told(changes: readonly StateChange[]): string {
  return changes.slice(0, SHOWN_MAX).map(line).join('');
}

/** Of a row that was there only what is another now. */
function line({ table, key, before, after }: StateChange): string {
  if (before === null || after === null) {
    const kind = before === null ? 'new' : 'gone';
    return `\n  ${table} ${key} (${kind}): ${JSON.stringify(after ?? before)}`;
  }
  const names = Object.keys(after).filter((name) => before[name] !== after[name]);
  const parts = names.map(
    (name) => `${name} ${JSON.stringify(before[name])} -> ${JSON.stringify(after[name])}`,
  );
  return `\n  ${table} ${key}: ${parts.join(', ')}`;
}
