import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { SeededRandom } from './seeded-random.ts';

/** How editors save: into the file itself, by renaming a new one over it, by renaming it away. */
export type SaveStyle = 'in-place' | 'in-two-pieces' | 'rename' | 'rename-away';

export interface EditorTask {
  readonly path: string;
  readonly keepIn: string;
  readonly saves: number;
  /** Taken in turn. */
  readonly styles: readonly SaveStyle[];
  readonly seed: number;
  /** How long a save may take to be seen in the file, or put aside. */
  readonly patienceMs: number;
  /** Of a pause between two pieces, milliseconds: default 20 to 120. */
  readonly pausesMs?: readonly [number, number];
  /** How many of the first pieces lack tasks; default 0.3. */
  readonly halfShare?: number;
}

/** One save: its line, when it changed anything on the disk (nanoseconds), what became of it. */
export interface Save {
  readonly line: string;
  readonly style: SaveStyle;
  readonly from: string;
  readonly to: string;
  readonly seen: boolean;
}

/** A person's editor: reads the list, thinks, adds a line, saves; and looks that it is there. */
async function edit({
  path,
  keepIn,
  saves,
  styles,
  seed,
  patienceMs,
  pausesMs = [20, 120],
  halfShare = 0.3,
}: EditorTask): Promise<Save[]> {
  const random = new SeededRandom(seed);
  const made: Save[] = [];
  while (made.length < saves) {
    const before = readNow(path);
    if (before === '') continue; // between being renamed away and written anew
    const line = `saved ${made.length + 1} of ${seed}`;
    const style = styles[made.length % styles.length] as SaveStyle;
    // What it saves may be older than marks that were written meanwhile.
    await after(random.between(10, 60));
    const from = String(process.hrtime.bigint());
    const text = `${before}${line}\n`;
    // The first piece has some of the tasks, or all of them.
    const cut = random.next() < halfShare ? text.length / 2 : text.indexOf('\nNotes') + 1;
    const pauseMs = random.between(...pausesMs);
    await save(path, text, { style, pauseMs, cut: Math.floor(cut) });
    const to = String(process.hrtime.bigint());
    made.push({ line, style, from, to, seen: await comesTo(line, { path, keepIn, patienceMs }) });
  }
  return made;
}

async function save(
  path: string,
  text: string,
  { style, pauseMs, cut }: { readonly style: SaveStyle } & Record<'pauseMs' | 'cut', number>,
): Promise<void> {
  if (style === 'rename') {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return;
  }
  if (style === 'rename-away') renameSync(path, `${path}~`);
  const file = openSync(path, 'w');
  writeSync(file, text.slice(0, cut));
  if (style === 'in-two-pieces') await after(pauseMs);
  writeSync(file, text.slice(cut));
  fsyncSync(file);
  closeSync(file);
  if (style === 'rename-away') rmSync(`${path}~`);
}

async function comesTo(
  line: string,
  { path, keepIn, patienceMs }: Pick<EditorTask, 'path' | 'keepIn' | 'patienceMs'>,
): Promise<boolean> {
  const giveUpAt = performance.now() + patienceMs;
  while (performance.now() < giveUpAt) {
    if (readNow(path).includes(`${line}\n`)) return true;
    const aside = readdirSync(keepIn).filter((name) => name.startsWith('unmerged-'));
    if (aside.some((name) => readNow(join(keepIn, name)).includes(`${line}\n`))) return true;
    await after(5);
  }
  return false;
}

/** Empty in the moment in which another one is being put there. */
function readNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

if (process.argv[1] === import.meta.filename) {
  process.send?.(await edit(JSON.parse(process.argv[2] as string) as EditorTask));
  process.disconnect?.();
}
