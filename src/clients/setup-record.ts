import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Files } from '../world/files.ts';
import type { Launch } from './launch.ts';
import type { Splice } from './splice.ts';

/** What setting up changed in a file, so that it can be taken back to the byte. */
export interface SetupRecord {
  /** The entry's key. */
  readonly key: string;
  /** The file did not exist before. */
  readonly created: boolean;
  /** The file as it was left: only this one is given back without looking. */
  readonly sha256: string;
  readonly splice: Splice;
  /** What the entry started before; null when there was none. */
  readonly before: Launch | null;
  /** The object that holds all servers was made, too. */
  readonly madeContainer: boolean;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const RECORD = z.object({
  version: z.literal(1),
  file: z.string(),
  key: z.string(),
  created: z.boolean(),
  sha256: z.string(),
  splice: z.object({ offset: z.number(), removed: z.string(), inserted: z.string() }),
  before: z.object({ command: z.string(), args: z.array(z.string()) }).nullable(),
  madeContainer: z.boolean(),
});

/** Where what is known of a settings file is kept. */
export function recordPath(folder: string, realPath: string): string {
  return `${folder}/${sha256(realPath).slice(0, 16)}.json`;
}

/** Null when nothing (that can be read) is known: then the entry itself has to do. */
export async function readRecord(
  files: Files,
  folder: string,
  realPath: string,
): Promise<SetupRecord | null> {
  const path = recordPath(folder, realPath);
  if ((await files.facts(path))?.kind !== 'file') return null;
  const text = new TextDecoder().decode(await files.read(path));
  const read = RECORD.safeParse(jsonIn(text));
  return read.success && read.data.file === realPath ? read.data : null;
}

export async function writeRecord(
  files: Files,
  folder: string,
  realPath: string,
  record: SetupRecord,
): Promise<void> {
  const text = `${JSON.stringify({ version: 1, file: realPath, ...record }, null, 2)}\n`;
  await files.replace(recordPath(folder, realPath), text);
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // half a record is none
  }
}
