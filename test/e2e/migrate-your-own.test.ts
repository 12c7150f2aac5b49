import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const EXAMPLE = fileURLToPath(new URL('../../examples/migrate-your-own/start.ts', import.meta.url));
const ENTRY = new URL('../../src/migrate.ts', import.meta.url).href;

/** The package as its users import it, from the sources of this checkout. */
const AS_PACKAGE =
  "import { registerHooks } from 'node:module'; registerHooks({ resolve: (name, at, next) => " +
  `next(name === 'pawl/migrate' ? ${JSON.stringify(ENTRY)} : name, at) });`;

describe('examples/migrate-your-own', () => {
  it('brings a database of somebody else from one release to the next, and back', () => {
    const hook = `data:text/javascript,${encodeURIComponent(AS_PACKAGE)}`;
    const argv = ['--import', hook, EXAMPLE];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('state: refused');
    expect(stdout).toContain('rename-column customer.email: rename');
    expect(stdout).toContain(
      'refused: rows of purchase break the check purchase_cents [ { id: 4 } ]',
    );
    expect(stdout).toContain('backup: made');
    expect(stdout).toContain("{ email: 'ada@example.org', cents: 1200 }");
    expect(stdout).toContain("notes: [ { note: '' } ]");
    expect(stdout).toContain("history: [ [ 'applied', '2.0.0' ], [ 'applied', '1.0.0' ] ]");
    expect(stdout).toContain('faults: []');
    expect(stdout).toContain(
      "restored: [ { mail: 'ada@example.org' }, { mail: 'bo@example.org' } ]",
    );
  });
});
