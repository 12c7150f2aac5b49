import { timeText } from '../domain/time-text.ts';

/** What the name of a backup says: of which database, in front of which change, when. */
export interface BackupName {
  readonly file: string;
  readonly from: string;
  /** Sorts by time. */
  readonly stamp: string;
}

const FINGERPRINT_LETTERS = 12;
const MIDDLE = '-before-';
const REST = /^([0-9a-f]{12})-(\d{17})\.db$/;

/** `pawl.db` gives `pawl-before-0123456789ab-20261121042226123.db`. */
export function backupFileName(database: string, from: string, atMs: number): string {
  const letters = from.slice(0, FINGERPRINT_LETTERS);
  return `${stemOf(database)}${MIDDLE}${letters}-${stampOf(atMs)}.db`;
}

/** A moment as names have it: to the millisecond, in an order that is that of time. */
export function stampOf(atMs: number): string {
  return timeText(atMs).replace(/\D/g, '');
}

/** Null for any file that is no finished backup of this kind of this database. */
export function readBackupName(database: string, file: string): BackupName | null {
  const start = `${stemOf(database)}${MIDDLE}`;
  const parts = file.startsWith(start) ? REST.exec(file.slice(start.length)) : null;
  const [, from, stamp] = parts ?? [];
  return from === undefined || stamp === undefined ? null : { file, from, stamp };
}

/** What a copy leaves beside its name while it is being made. */
export function isUnfinishedBackup(database: string, file: string): boolean {
  const at = file.indexOf('.part');
  return at !== -1 && readBackupName(database, file.slice(0, at)) !== null;
}

/**
 * The backups that are not needed once `made` exists and is sound. A copy that no finished change
 * is known by, of the same schema, was made by a run that failed or was killed: the new one takes
 * its place, so that a loop of failing starts neither fills the disk nor pushes older copies out.
 */
export function backupsToRemove(
  found: readonly BackupName[],
  made: BackupName,
  rule: { readonly kept: number; readonly named: ReadonlySet<string> },
): readonly string[] {
  const others = found
    .filter((one) => one.file !== made.file)
    .sort((one, other) => (one.stamp < other.stamp ? 1 : -1));
  const isReplaced = (one: BackupName): boolean =>
    one.from === made.from && !rule.named.has(one.file);
  const replaced = others.filter(isReplaced);
  const old = others.filter((one) => !isReplaced(one)).slice(rule.kept - 1);
  return [...replaced, ...old].map((one) => one.file);
}

export function stemOf(database: string): string {
  const name = database.slice(database.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}
