import { specialistName } from '../domain/breakdown/check-content.ts';
import { readStatus } from '../domain/status.ts';
import type { OlderPlan, OlderTask } from './older-store.ts';

export interface OlderWish {
  /** Parent ids of plans; null: any. */
  readonly parentTaskIds: ReadonlySet<string> | null;
  /** Statuses in anybody's words, or `ready`, `blocked`. */
  readonly states?: readonly string[];
  readonly specialistTypes?: readonly string[];
  readonly labels?: readonly string[];
  readonly text?: string;
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  /** Nobody notes over there when a task changed last: asked for that, there is none. */
  readonly updatedFromMs?: number;
  readonly updatedToMs?: number;
  readonly archived?: 'no' | 'only' | 'too';
}

/** Those of the older store's tasks that fit, by what a query of the stored ones means. */
export function siftOlderTasks(plans: readonly OlderPlan[], wish: OlderWish): readonly OlderTask[] {
  const { parentTaskIds, updatedFromMs, updatedToMs } = wish;
  if (updatedFromMs !== undefined || updatedToMs !== undefined) return [];
  return plans
    .filter((plan) => parentTaskIds === null || parentTaskIds.has(plan.parentTaskId))
    .flatMap(({ tasks }) => tasks)
    .filter((task) => isKept(task, wish) && isSaid(task, wish));
}

function isKept(task: OlderTask, wish: OlderWish): boolean {
  const { archived = 'no', states = [], createdFromMs, createdToMs } = wish;
  if (archived !== 'too' && task.archived !== (archived === 'only')) return false;
  if (states.length > 0 && !states.some((word) => isState(task, word))) return false;
  if (createdFromMs === undefined && createdToMs === undefined) return true;
  const bornMs = task.createdAt === null ? Number.NaN : Date.parse(task.createdAt);
  return bornMs >= (createdFromMs ?? 0) && bornMs < (createdToMs ?? Number.POSITIVE_INFINITY);
}

/** What a queued task may be besides: its status is not meant then. */
const DERIVED = new Set(['ready', 'delayed', 'blocked', 'excluded']);

function isState({ state, status }: OlderTask, word: string): boolean {
  const name = word.trim().toLowerCase();
  return DERIVED.has(name) ? state === name : status === readStatus(word);
}

function isSaid(task: OlderTask, { specialistTypes, labels = [], text = '' }: OlderWish): boolean {
  const roles = specialistTypes?.map((name) => specialistName(name) ?? name);
  if (roles !== undefined && !roles.includes(task.specialistType ?? '')) return false;
  const own = new Set(task.labels.map((label) => label.toLowerCase()));
  if (!labels.every((label) => own.has(label.toLowerCase()))) return false;
  const said = [task.taskId, task.title, task.description].join('\n');
  const words = text.split(/\s+/).filter((word) => word !== '');
  return words.every((word) => said.toLowerCase().includes(word.toLowerCase()));
}
