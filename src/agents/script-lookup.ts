import { basename } from 'node:path';
import type { Files } from '../world/files.ts';

const SHELL = /^(ba|da|k|z)?sh$/;
const NODE = /^node(js)?$/;
const OTHER = /^(python[\d.]*|perl|ruby)$/;
/** `node agent` runs `agent.js`. */
const NODE_ENDINGS = ['', '.js', '.json', '.node'];

/**
 * The script that a command names and that is not there; null: it names none, or one that is. A
 * command names a script where an interpreter's first argument is its path. What stands behind an
 * option is left alone, for only the interpreter knows whether it is the option's value.
 */
export async function missingScript(
  files: Files,
  [program = '', script = '']: readonly string[],
  { path, cwd }: { readonly path: string; readonly cwd: string },
): Promise<string | null> {
  const name = basename(program);
  const isScript = [SHELL, NODE, OTHER].some((interpreter) => interpreter.test(name));
  // A placeholder's value may be the path of a script.
  if (!isScript || script === '' || /^[-+]|[{}]/.test(script)) return null;
  if (NODE.test(name) && script === 'inspect') return null;
  const endings = NODE.test(name) ? NODE_ENDINGS : [''];
  const looksOnPath = SHELL.test(name) && !script.includes('/');
  const folders = [cwd, ...(looksOnPath ? path.split(':').map((folder) => folder || '.') : [])];
  for (const folder of script.startsWith('/') ? [''] : folders) {
    for (const ending of endings) {
      const candidate = folder === '' ? script : `${folder}/${script}`;
      if (await mayBeThere(files, `${candidate}${ending}`)) return null;
    }
  }
  return script;
}

async function mayBeThere(files: Files, path: string): Promise<boolean> {
  try {
    return (await files.facts(path)) !== null;
  } catch {
    return true; // where nobody may look it is the interpreter's to say
  }
}
