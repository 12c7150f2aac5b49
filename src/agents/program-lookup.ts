import type { Files } from '../world/files.ts';

/**
 * The file that running `name` would run, or null. A name with a slash is a path, relative to
 * `cwd`; any other is looked for in the folders of `path`, as `execvp(3)` does.
 */
export async function findProgram(
  files: Files,
  name: string,
  { path, cwd }: { readonly path: string; readonly cwd: string },
): Promise<string | null> {
  if (name === '') return null;
  const folders = name.includes('/') ? [''] : path.split(':').map((folder) => folder || '.');
  for (const folder of folders) {
    const relative = folder === '' ? name : `${folder}/${name}`;
    const candidate = relative.startsWith('/') ? relative : `${cwd}/${relative}`;
    if (await isExecutable(files, candidate)) return candidate;
  }
  return null;
}

async function isExecutable(files: Files, path: string): Promise<boolean> {
  try {
    const facts = await files.facts(path);
    return facts?.kind === 'file' && (facts.mode & ANY_EXECUTE_BIT) !== 0;
  } catch {
    return false; // a folder of the PATH we may not look into is one that has nothing for us
  }
}

const ANY_EXECUTE_BIT = 0o111;
