import { readDuration } from '../../domain/duration.ts';
import { PawlError } from '../../domain/errors.ts';
import { DEFAULT_PRIORITY, readPriority } from '../../domain/priority.ts';
import { ON_DEP_FAILURE } from '../../domain/status.ts';
import { type ExistingIds, readDependencies } from '../../domain/tasklist/dependency-text.ts';
import type { ListTask } from '../../domain/tasklist/model.ts';
import { nearestIds } from '../../domain/tasklist/nearest-ids.ts';
import type { ClauseKey } from '../grammar/clauses.ts';
import { commandWords } from '../grammar/command-words.ts';

/** What a task is to be set to, as a person says it; null takes it away. */
export type WishedSettings = Readonly<Partial<Record<ClauseKey, string | null>>>;

/** The fields of a task that settings stand for. */
export type SettingFields = Pick<
  ListTask,
  'priority' | 'dependencies' | 'agent' | 'timeoutMs' | 'verify' | 'needs' | 'onDepFailure'
>;

export interface WishContext {
  /** Null: a task that has no id yet. */
  readonly taskId: string | null;
  readonly existing: ExistingIds;
  /** A dependency may be a task that does not exist. */
  readonly ignoreMissing: boolean;
}

/**
 * What the wished settings must be read back as, for those that are named.
 *
 * @throws PawlError `usage`, `dependency_unknown`.
 */
export function wishedFields(
  settings: WishedSettings,
  context: WishContext,
): Partial<SettingFields> {
  const fields: { -readonly [K in keyof SettingFields]?: SettingFields[K] } = {};
  const { priority, depends, agent, timeout, verify, needs, onDepFailure } = settings;
  for (const [key, value] of Object.entries(settings)) requireVisible(key, value ?? '');
  if (priority !== undefined) fields.priority = wishedPriority(priority);
  if (depends !== undefined) fields.dependencies = wishedDependencies(depends, context);
  if (agent !== undefined) fields.agent = agent;
  if (timeout !== undefined) fields.timeoutMs = timeout === null ? null : wishedTimeout(timeout);
  if (verify !== undefined) fields.verify = verify === null ? null : wishedCommand(verify);
  if (needs !== undefined) fields.needs = needs === null ? [] : [...new Set(words(needs))];
  if (onDepFailure !== undefined) fields.onDepFailure = wishedPolicy(onDepFailure);
  return fields;
}

/**
 * What steers a terminal or turns the direction of reading makes a line say to a person something
 * else than to an agent.
 *
 * @throws PawlError `usage`.
 */
export function requireVisible(what: string, written: string): void {
  const steering = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.exec(written)?.[0];
  if (steering === undefined) return;
  const code = (steering.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0');
  const message = `${what} has the invisible control character U+${code}: take it out`;
  throw new PawlError('usage', message, { details: { character: `U+${code}` } });
}

function wishedPriority(priority: string | null): SettingFields['priority'] {
  if (priority === null) return DEFAULT_PRIORITY;
  const reading = readPriority(priority);
  if (reading.reading !== 'guessed') return reading.priority;
  throw new PawlError('usage', `--priority: ${priority} is none of P1, P2, P3, P4`);
}

function wishedDependencies(written: string | null, context: WishContext): readonly string[] {
  if (written === null) return [];
  const { existing, ignoreMissing, taskId } = context;
  const { ids, dangling, freeText } = readDependencies(written, existing);
  if (taskId !== null && ids.includes(taskId)) {
    throw new PawlError('usage', `${taskId} cannot wait for itself`);
  }
  const [unknown] = [...freeText, ...(ignoreMissing ? [] : dangling)];
  if (unknown === undefined) return ids;
  const nearest = nearestIds(unknown, existing.all);
  const hint = nearest.length === 0 ? '' : `; the nearest are ${nearest.join(', ')}`;
  throw new PawlError('dependency_unknown', `${unknown} is no task of this list${hint}`, {
    details: { dependency: unknown, nearest },
  });
}

function wishedTimeout(written: string): number {
  const ms = readDuration(written);
  if (ms !== null && ms > 0) return ms;
  throw new PawlError('usage', `--timeout: ${written} is no duration, as 20m is`);
}

function wishedCommand(written: string): readonly string[] {
  const reading = commandWords(written);
  if (reading.ok && reading.words.length > 0) return reading.words;
  const remedy = reading.ok ? 'name a command' : `write: ${reading.remedy}`;
  throw new PawlError('usage', `--verify: \`${written}\` cannot be run without a shell; ${remedy}`);
}

function wishedPolicy(written: string | null): SettingFields['onDepFailure'] {
  if (written === null) return null;
  const known = ON_DEP_FAILURE.find((policy) => policy === written.toLowerCase());
  if (known !== undefined) return known;
  const all = ON_DEP_FAILURE.join(', ');
  throw new PawlError('usage', `--on-dep-failure: ${written} is none of ${all}`);
}

function words(list: string): readonly string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
