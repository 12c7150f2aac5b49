import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DoorBench, type DoorClient, type Era } from './door-bench.ts';

describe.each<Era>(['legacy', 'modern'])('a client that names its roots (%s)', (era) => {
  let project: string;
  const benches: DoorBench[] = [];

  beforeEach(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-root-')));
    mkdirSync(join(project, '.git'));
  });
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
    rmSync(project, { recursive: true, force: true });
  });

  /** A client whose root is the project, of a server that was started elsewhere. */
  const connect = async (elsewhere: { readonly repository: boolean }) => {
    const bench = new DoorBench(elsewhere);
    benches.push(bench);
    let asked = 0;
    const agent = await bench.connect(era, { capabilities: { roots: {} } });
    agent.client.setRequestHandler('roots/list', () => {
      asked += 1;
      return { roots: [{ uri: pathToFileURL(project).href }] };
    });
    return { bench, agent, asked: () => asked };
  };

  const whereOf = async (agent: DoorClient, args: Record<string, unknown> = {}) =>
    (await agent.done('initialize_session', args)).workspace;

  it('works in them, where the server was started in no project', async () => {
    const { agent, asked } = await connect({ repository: false });
    expect(await whereOf(agent)).toBe(project);
    expect(asked()).toBe(1);
  });

  it('is not asked where the call names the project', async () => {
    const { bench, agent, asked } = await connect({ repository: false });
    expect(await whereOf(agent, { working_directory: bench.root })).toBe(bench.root);
    expect(asked()).toBe(0);
  });

  it('in the newer era is not asked where the server was started in a project', async () => {
    const { bench, agent, asked } = await connect({ repository: true });
    expect(await whereOf(agent)).toBe(era === 'modern' ? bench.root : project);
    expect(asked()).toBe(era === 'modern' ? 0 : 1);
  });
});
