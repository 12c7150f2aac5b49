import { isCellId } from '../../domain/tasklist/task-id.ts';
import type { Clause } from './clauses.ts';

/** What a line says in the signs that note-taking programs put behind a task. */
export interface TaggedText {
  readonly text: string;
  readonly taskId: string | null;
  readonly clauses: readonly Clause[];
  readonly fields: Readonly<Record<string, string>>;
}

/**
 * Take `#task` off the front and signs with their values off the end: `🔼 📅 2026-01-31 🆔 abc`.
 * A sign with another value than it wants is a picture in somebody's text, and the text stays.
 */
export function takeTags(written: string): TaggedText {
  const text = written.replace(/^\s*#(?:task|todo)(?=\s)/i, '').trim();
  const [first, ...pieces] = text.split(SIGN);
  const tagged: Tagged = { taskId: null, clauses: [], fields: {} };
  const untouched = { text, taskId: null, clauses: [], fields: {} };
  let rest = first ?? '';
  for (let at = 0; at < pieces.length; at += 2) {
    const tail = take(pieces[at] as string, (pieces[at + 1] ?? '').trim(), tagged);
    if (tail === null) return untouched;
    rest = `${rest.trimEnd()} ${tail}`;
  }
  return { ...tagged, text: rest.trim() };
}

interface Tagged {
  taskId: string | null;
  readonly clauses: Clause[];
  readonly fields: Record<string, string>;
}

const DATES: Readonly<Record<string, string>> = {
  '📅': 'due',
  '⏳': 'scheduled',
  '🛫': 'start',
  '➕': 'created',
  '✅': 'done',
  '❌': 'cancelled',
};
const PRIORITIES: Readonly<Record<string, string>> = {
  '🔺': 'P1',
  '⏫': 'P1',
  '🔼': 'P2',
  '🔽': 'P3',
  '⏬': 'P4',
};
const SIGN = /(📅|⏳|🛫|➕|✅|❌|🔺|⏫|🔼|🔽|⏬|🔁|🆔|⛔)\uFE0F?/u;

/** What stands behind the sign's value; null when the sign has no such value. */
function take(sign: string, value: string, tagged: Tagged): string | null {
  const priority = PRIORITIES[sign];
  if (priority !== undefined) {
    tagged.clauses.push({ key: 'priority', value: priority });
    return value;
  }
  const [word = '', ...behind] = value.split(/\s+/);
  const date = DATES[sign];
  if (date !== undefined) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(word)) return null;
    tagged.fields[date] = word;
  } else if (sign === '🔁') {
    if (value === '') return null;
    tagged.fields['repeats'] = value;
    return '';
  } else if (sign === '🆔') {
    if (!isCellId(word)) return null;
    tagged.taskId = word;
  } else {
    const ids = value.split(',').map((id) => id.trim());
    if (!ids.every(isCellId)) return null;
    tagged.clauses.push({ key: 'depends', value: ids.join(', ') });
    return '';
  }
  return behind.join(' ');
}
