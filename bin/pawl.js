#!/usr/bin/env node
// Parsed by the machine's own Node before its version is known: nothing newer than `import` here.
import fs from 'fs';
import module from 'module';
import url from 'url';

const SQLITE_NEEDED = [3, 51, 3];
const NODE_NEEDED = '22.23 or newer (of the 24 line: 24.15 or newer)';

function refusal() {
  if (process.platform === 'win32') {
    return 'pawl: Windows is not supported yet; run pawl inside WSL (https://aka.ms/wsl).';
  }
  if (!hasSqlite()) {
    return (
      'pawl: Node.js ' +
      NODE_NEEDED +
      ' is needed, this is ' +
      process.versions.node +
      '; see https://nodejs.org/en/download.'
    );
  }
  return undefined;
}

// The version of Node says too little: what matters is the SQLite inside it. Older ones can damage
// a database in WAL mode that several processes write.
function hasSqlite() {
  const found = String(process.versions.sqlite || '0')
    .split('.')
    .map(Number);
  for (let at = 0; at < SQLITE_NEEDED.length; at += 1) {
    const part = found[at] || 0;
    if (part !== SQLITE_NEEDED[at]) return part > SQLITE_NEEDED[at];
  }
  return true;
}

const why = refusal();
if (why === undefined) {
  if (module.enableCompileCache) module.enableCompileCache();
  // Node 22 calls its SQLite experimental at every start; the one inside was checked above.
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (!/SQLite is an experimental/.test(String(warning))) {
      emitWarning.call(process, warning, ...rest);
    }
  };
  // A checkout that was never built runs its sources.
  const built = new URL('../dist/cli.js', import.meta.url);
  const entry = fs.existsSync(url.fileURLToPath(built)) ? '../dist/cli.js' : '../src/cli/main.ts';
  // A failure ends the process with its trace: an error here is a bug.
  void import(entry);
} else {
  process.stderr.write(why + '\n');
  process.exitCode = 1;
}
