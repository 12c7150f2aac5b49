import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of these that is there; `*` in a folder stands for any one name, the highest first. */
export function findProgram(name: string, folders: readonly string[]): string | null {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = [...folders.flatMap(expanded), ...path]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
  return found ?? null;
}

function expanded(folder: string): readonly string[] {
  const [before, after] = folder.split('*');
  if (before === undefined || after === undefined) return [folder];
  if (!existsSync(before)) return [];
  const names = readdirSync(before).toSorted((one, other) => Number(other) - Number(one));
  return names.map((name) => `${before}${name}${after}`);
}
