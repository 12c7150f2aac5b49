import type { Files } from '../../world/files.ts';

/** Where the releases of the older orchestrator kept their databases, below its folder. */
export const OLDER_DATABASES = [
  'task_orchestrator.db',
  'tasks.sqlite',
  'databases/operational/tasks.db',
] as const;

/** What belongs to a database, beside its file, by the ending of its name. */
export const DATABASE_COMPANIONS = ['', '-wal', '-journal'] as const;

const MAGIC = 'SQLite format 3\0';

/** Whether a file is a database, by its first bytes. */
export async function isDatabaseFile(files: Files, path: string): Promise<boolean> {
  const bytes = await files.readRange(path, 0, MAGIC.length);
  return new TextDecoder('latin1').decode(bytes) === MAGIC;
}
