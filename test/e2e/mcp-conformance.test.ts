import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const SUITE = 'node_modules/@modelcontextprotocol/conformance/dist/index.js';
const OUTPUT_MAX = 16 * 1024 * 1024;

/** Of the tasks extension; `tasks-status-notifications` is skipped by the suite itself. */
const TASKS = [
  'tasks-lifecycle',
  'tasks-capability-negotiation',
  'tasks-wire-fields',
  'tasks-request-state-removal',
  'tasks-mrtr-input',
  'tasks-request-headers',
  'tasks-dispatch-and-envelope',
  'tasks-required-task-error',
  'tasks-mrtr-composition',
];

/**
 * Against the conformance entry: transport, eras, tasks and the handles in the store are the
 * product's, the tools are the suite's.
 */
describe('the official conformance suite', () => {
  let entry: ChildProcess;
  let url: string;

  beforeAll(async () => {
    entry = spawn(process.execPath, ['test/conformance/main.ts'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: entry.stdout as NodeJS.ReadableStream });
    [url] = (await once(lines, 'line')) as [string];
  });

  afterAll(async () => {
    const ended = once(entry, 'exit');
    entry.stdin?.end();
    await ended;
  });

  it.each([
    { revision: '2025-11-25', scenarios: 30 },
    { revision: '2026-07-28', scenarios: 37 },
  ])('passes every scenario that $revision requires', async ({ revision, scenarios }) => {
    const { code, summary } = await suite(url, revision);
    expect({ code, failed: failedOf(summary.required) }).toEqual({ code: 0, failed: [] });
    expect(summary.required.length).toBe(scenarios);
    if (revision === '2026-07-28') {
      const passed = summary.unscored.filter(({ ok, checks }) => ok && checks > 0);
      expect(passed.map(({ name }) => name)).toEqual(expect.arrayContaining(TASKS));
    }
  });
});

interface Scenario {
  readonly name: string;
  readonly ok: boolean;
  readonly checks: number;
}

const failedOf = (scenarios: readonly Scenario[]): readonly string[] =>
  scenarios.filter(({ ok }) => !ok).map(({ name }) => name);

/** The summary that the suite prints: what is required, and what is run beside it. */
async function suite(
  url: string,
  revision: string,
): Promise<{
  readonly code: number;
  readonly summary: {
    readonly required: readonly Scenario[];
    readonly unscored: readonly Scenario[];
  };
}> {
  const argv = [SUITE, 'server', '--url', url, '--requirements', revision];
  const { code, stdout } = await run(process.execPath, argv, { maxBuffer: OUTPUT_MAX }).then(
    (ended) => ({ code: 0, stdout: ended.stdout }),
    (error: { readonly code: number; readonly stdout: string }) => error,
  );
  const said = stdout.slice(stdout.indexOf('=== SUMMARY ==='));
  const all = [...said.matchAll(/^([✓✗]) ([\w-]+): (\d+) passed, (\d+) failed/gmu)].map(
    ([, mark, name, passed, failed]) => ({
      name: name as string,
      ok: mark === '✓' && failed === '0',
      checks: Number(passed),
    }),
  );
  const beside = new Set([...said.matchAll(/^ {2}[✓✗] ([\w-]+) \(/gmu)].map(([, name]) => name));
  return {
    code,
    summary: {
      required: all.filter(({ name }) => !beside.has(name)),
      unscored: all.filter(({ name }) => beside.has(name)),
    },
  };
}
