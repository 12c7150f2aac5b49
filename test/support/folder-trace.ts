import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every name, byte and time below a folder but Pawl's own: what a reader must leave alone. */
export function traceOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !/(^|\/)\.pawl(\/|$)/.test(join(entry.parentPath, entry.name)))
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs, size, ino } = statSync(path);
      const content = entry.isFile() ? readFileSync(path) : '';
      const hash = createHash('sha256').update(content).digest('hex');
      return `${path} ${mtimeMs} ${size} ${ino} ${hash}`;
    })
    .toSorted();
}
