import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { openWorkspace } from '../../src/app/open-workspace.ts';
import { createServer } from '../../src/mcp/create-server.ts';
import { fixtureCatalogue } from './fixture-catalogue.ts';
import { startHttpEntry } from './http-entry.ts';
import { keptTasks } from './kept-tasks.ts';

/**
 * The server that the conformance suite is run against: the product's transport, eras and tasks,
 * with the suite's own fixtures in the place of the product's tools. Prints its address; ends at
 * the end of its standard input.
 */
const dir = mkdtempSync(join(tmpdir(), 'pawl-conformance-'));
const workspace = await openWorkspace({
  dir,
  create: true,
  warn: (message) => process.stderr.write(`${message}\n`),
});
const entry = await startHttpEntry((notify) => {
  const catalogue = fixtureCatalogue(keptTasks(workspace.store), notify);
  return ({ era }) => createServer(catalogue, { era });
});
process.stdout.write(`${entry.url}\n`);
process.stdin.resume();
process.stdin.once('end', () => {
  void entry
    .close()
    .then(() => workspace.close())
    .then(() => {
      rmSync(dir, { recursive: true, force: true });
      process.exit(0);
    });
});
