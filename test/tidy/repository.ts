import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, type Source, type Violation } from './source.ts';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const APART = new Set(['node_modules', 'dist', '.git', '.pawl', 'package-lock.json']);

/** Every file that is written by hand, as paths from the root with `/`. */
export function filesOf(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  const entries = readdirSync(join(ROOT, folder), { withFileTypes: true });
  return entries
    .filter((entry) => !APART.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesOf(path) : [relative('.', path).split(sep).join('/')];
    });
}

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function sourcesOf(folder: string): readonly Source[] {
  return filesOf(folder)
    .filter((path) => path.endsWith('.ts'))
    .map((path) => parse(path, read(path)));
}

/** What a text must not hold, because it is true on one machine or outside the project only. */
const FOREIGN: readonly { readonly pattern: RegExp; readonly message: string }[] = [
  { pattern: /\/(work|root|farm)\/[A-Za-z.]/, message: "a machine's path" },
  { pattern: /\/home\/(?!me\b|you\b|user\b)[a-z]+\//, message: "a machine's path" },
  { pattern: /https?:\/\/[\w.-]*(registry|mirror)[\w.-]*/, message: "a registry's host" },
  { pattern: /\bissues? #?\d+\b/i, message: 'the number of an issue' },
];

/** `words` are written in the project and not copied from one machine. */
export function foreign(path: string, words: string): readonly Violation[] {
  return words.split('\n').flatMap((text, index) =>
    FOREIGN.filter(({ pattern }) => pattern.test(text)).map(({ message }) => ({
      path,
      line: index + 1,
      message: `${message} is no part of the project`,
    })),
  );
}

/** A lock file names packages by version and checksum, never by the place they came from. */
export function resolvedHosts(lock: string): readonly string[] {
  return lock.match(/"resolved":.*/g) ?? [];
}

/**
 * The folders that the decision about dependencies names for each package: a heading with the
 * package's name in backticks, and below it a line `Folders: a, b`.
 */
export function decidedFolders(decision: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const part of decision.split(/^## /m).slice(1)) {
    const name = /^`([^`]+)`/.exec(part)?.[1];
    const folders = /^Folders: (.+)\.$/m.exec(part)?.[1];
    if (name === undefined) continue;
    found.set(name, folders === undefined ? [] : [...folders.matchAll(/`([^`]+)`/g)].map(inner));
  }
  return found;
}

function inner(match: RegExpMatchArray): string {
  return match[1] ?? '';
}
