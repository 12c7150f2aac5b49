import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/**
 * Run the unit tests and the first run on the other lines of Node that Pawl supports: the oldest
 * release and the newest line. Each comes from the registry, like the one of this checkout.
 */
const LINES = ['22.23.0', '26'];

function run(command: string, args: readonly string[], path: string): void {
  const env = { ...process.env, PATH: path };
  const { status } = spawnSync(command, args, { stdio: 'inherit', env });
  if (status !== 0) {
    process.stderr.write(`${command} ${args.join(' ')} ended with ${status}\n`);
    process.exit(1);
  }
}

const path = process.env['PATH'] ?? '';
for (const line of LINES) {
  const folder = mkdtempSync(join(tmpdir(), 'pawl-node-'));
  try {
    // A prefix without a manifest has no list of allowed install scripts: the one here is Node's.
    run('npm', ['install', '--silent', '--prefix', folder, `node@${line}`], path);
    const bin = join(folder, 'node_modules', 'node', 'bin');
    process.stdout.write(`\nNode ${line}\n`);
    const withNode = [bin, path].join(delimiter);
    const node = join(bin, 'node');
    run(node, ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'], withNode);
    run(node, ['examples/first-run/start.ts'], withNode);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
