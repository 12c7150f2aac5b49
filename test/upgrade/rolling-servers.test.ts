import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PAWL_VERSION } from '../../src/app/version.ts';
import { type PawlProcess, until } from '../chaos/pawl-process.ts';
import { FleetHost, runsOf, statusesAt, untilRows } from '../e2e/fleet-hosts.ts';
import { BUILT_PAWL } from '../support/built-pawl.ts';
import { execute, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { testDepth } from '../support/test-depth.ts';
import {
  APART_PAWL,
  NEXT_GENERATION,
  NEXT_PAWL,
  NEXT_VERSION,
  UNGUARDED_PAWL,
} from './built-releases.ts';

const [DONE, REFUSED, LEFT] = [0, 3, 130];
const named = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
/** As many as all hosts together run at once: each has its share of them while they are held. */
const GATES = ['G1', 'G2', 'G3'].map((name) => named(name, 8));
const CROWD = testDepth.pick({ reduced: 10, full: 26 });
const CROWDS = ['M1', 'M2', 'M3'].map((name) => named(name, CROWD));
const TASKS = [...GATES, ...CROWDS].flat();
/** A crowd's tasks wait for two of the gates before them, the next gates for the whole crowd. */
const LIST = [
  ...['# Work', '', '| ID | Task | Depends | Status |', '|--|--|--|--|'],
  ...GATES.flatMap((gates, layer) => [
    ...gates.map((id) => [id, (CROWDS[layer - 1] ?? []).join(', ')]),
    ...(CROWDS[layer] ?? []).map((id, at) => [id, `${gates[at % 8]}, ${gates[(at + 3) % 8]}`]),
  ]).map(([id, after]) => `| ${id} | Do ${id} | ${after} | [ ] |`),
  '',
].join('\n');

describe('servers of two releases, as they are built, on one store', () => {
  let server: PostgresServer;
  let url = '';
  let hosts: Readonly<Record<'alpha' | 'beta' | 'gamma', FleetHost>>;
  const all = (): readonly FleetHost[] => Object.values(hosts);
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    url = await server.createStore();
    const host = (name: string) => new FleetHost(name, url, LIST);
    hosts = { alpha: host('alpha'), beta: host('beta'), gamma: host('gamma') };
    for (const { project } of all()) project.hold(...GATES.flat());
  });
  afterEach(async () => {
    for (const { project } of all()) await project.remove();
  });

  const release = (gates: readonly string[] | undefined, ...of: readonly FleetHost[]): void => {
    for (const { project } of of) project.release(...(gates ?? []));
  };
  const load = async (): Promise<void> => {
    const end = await hosts.gamma.start('load', 'tasks.md', '--concurrency', '8').end();
    expect(end, end.err).toMatchObject({ code: DONE });
    await execute(url, "UPDATE executors SET status = 'running'");
  };
  /** Which release holds how many tasks of this layer, on which host. */
  const held = async (layer: string, expected: Readonly<Record<string, number>>): Promise<void> => {
    const sql =
      "SELECT 1 FROM (SELECT string_agg(share, ' ' ORDER BY share) AS shares FROM (SELECT " +
      "concat(i.host, ' ', i.version, ' ', count(*)) AS share FROM task_queue q " +
      "JOIN instances i ON i.id = q.holder_id WHERE q.status = 'running' " +
      `AND q.task_id LIKE '${layer}-%' GROUP BY i.host, i.version) one) every WHERE shares = '`;
    const shares = Object.entries(expected).map(([host, count]) => `${host} ${count}`);
    await untilRows(url, shares.join(', '), `${sql}${shares.toSorted().join(' ')}'`);
  };
  const adopted = (by: PawlProcess, count: number): Promise<void> =>
    until(
      `${count} agents adopted`,
      () => by.said.split('"adopted":true').length > count,
      undefined,
      () => by.said,
    );
  const count = async (from: string): Promise<unknown> =>
    (await execute(url, `SELECT CAST(count(*) AS integer) AS n FROM ${from}`))[0]?.['n'];
  const doctor = async (host: FleetHost): Promise<Readonly<Record<string, unknown>>> => {
    const { out } = await host.start('doctor', '--json').end();
    const { checks } = JSON.parse(out).data as { checks: readonly Check[] };
    const bad = checks.filter(({ severity }) => severity === 'fault');
    return { bad, schema: checks.find(({ name }) => name === 'schema')?.message };
  };
  const everyTaskOnce = async (): Promise<void> => {
    expect(await statusesAt(url)).toEqual(Object.fromEntries(TASKS.map((id) => [id, 'completed'])));
    const once = TASKS.flatMap((id) => [`end ${id} 1`, `start ${id} 1`]);
    expect(runsOf(all())).toEqual(once.toSorted());
    expect(await count('task_queue WHERE attempts <> 1 OR crash_count > 0 OR fence <> 1')).toBe(0);
    for (const kind of ['claimed', 'completed']) {
      expect(await count(`task_events WHERE kind = '${kind}'`)).toBe(TASKS.length);
    }
    expect(await count("task_attempts WHERE outcome = 'succeeded'")).toBe(TASKS.length);
    expect(hosts.gamma.project.read('tasks.md')).not.toContain('[ ]');
  };

  it('work side by side, are replaced one by one, and one goes back: each task once', async () => {
    for (const host of all()) host.lease = '60s';
    const { alpha, beta, gamma } = hosts;
    const [first, second, third] = GATES;
    await load();
    const older = [alpha.work('--capacity', '3'), beta.work('--capacity', '3')] as const;
    await held('G1', { [`alpha ${PAWL_VERSION}`]: 3, [`beta ${PAWL_VERSION}`]: 3 });

    gamma.install(NEXT_PAWL);
    const newer = gamma.work('--capacity', '2');
    await untilRows(url, 'the next schema', `SELECT 1 FROM store_meta WHERE ${BROUGHT_UP}`);
    for (const [layer, gates] of [
      ['G1', first],
      ['G2', []],
    ] as const) {
      // Those of the second layer are all claimed after the schema was changed.
      await held(layer, {
        ...{ [`alpha ${PAWL_VERSION}`]: 3, [`beta ${PAWL_VERSION}`]: 3 },
        [`gamma ${NEXT_VERSION}`]: 2,
      });
      release(gates, ...all());
    }
    const asked = await gamma.start('drain', 'alpha').end();
    expect(asked.out).toContain(`drains alpha`);
    release(second, alpha);
    expect(await older[0].end()).toMatchObject({ code: DONE, err: '' });
    alpha.install(NEXT_PAWL);
    const next = [alpha.work('--capacity', '3', '--until-idle')];

    older[1].signal('SIGTERM');
    expect(await older[1].end()).toMatchObject({ code: LEFT, err: '' });
    beta.install(NEXT_PAWL);
    next.push(beta.work('--capacity', '3', '--until-idle'));
    await adopted(next[1] as PawlProcess, 3);
    release(second, beta, gamma);
    await held('G3', {
      ...{ [`alpha ${NEXT_VERSION}`]: 3, [`beta ${NEXT_VERSION}`]: 3 },
      [`gamma ${NEXT_VERSION}`]: 2,
    });

    newer.signal('SIGTERM');
    expect(await newer.end()).toMatchObject({ code: LEFT, err: '' });
    gamma.install(BUILT_PAWL);
    next.push(gamma.work('--capacity', '2', '--until-idle'));
    await adopted(next[2] as PawlProcess, 2);
    release(third, ...all());
    for (const one of next) expect(await one.end()).toMatchObject({ code: DONE, err: '' });

    await everyTaskOnce();
    expect(await count('instances WHERE ended_at_ms IS NULL')).toBe(0);
    expect(await count(`store_meta WHERE ${BROUGHT_UP}`)).toBe(1);
    expect(await doctor(alpha)).toEqual({ bad: [], schema: 'as declared' });
    const schema = expect.stringContaining(`generation ${NEXT_GENERATION} or newer may migrate it`);
    expect(await doctor(gamma)).toEqual({ bad: [], schema });
  });

  /** Older ones with two held tasks each, and one that shuts them out. */
  const shutOut = async (script: string, ...shut: readonly ('alpha' | 'beta')[]) => {
    const { gamma } = hosts;
    for (const host of all()) host.lease = '6s';
    await load();
    for (const name of shut) hosts[name].install(script);
    const older = shut.map((name) => hosts[name].work('--capacity', '2'));
    await held('G1', Object.fromEntries(shut.map((name) => [`${name} ${PAWL_VERSION}`, 2])));
    release(GATES.flat(), gamma);
    gamma.install(APART_PAWL);
    const newer = gamma.work('--until-idle');
    return { newer, ends: await Promise.all(older.map((one) => one.end())) };
  };

  it('where the newer one shuts them out, older ones stop, uncharged and refused', async () => {
    const { alpha, beta } = hosts;
    const { newer, ends } = await shutOut(BUILT_PAWL, 'alpha', 'beta');
    alpha.install(APART_PAWL);
    const next = alpha.work('--until-idle', '--capacity', '2');
    await adopted(next, 2);
    const sentence = `store_version.*generation ${NEXT_GENERATION} or newer may (read|write) it`;
    for (const { code, err } of ends) {
      expect(err).toMatch(new RegExp(sentence));
      expect(code).toBe(REFUSED);
    }
    for (const args of [['work'], ['status']]) {
      const refused = await beta.start(...args).end();
      expect(refused).toMatchObject({ code: REFUSED, out: '' });
      expect(refused.err).toMatch(new RegExp(sentence));
    }
    release(GATES.flat(), alpha);
    for (const one of [newer, next]) expect(await one.end()).toMatchObject({ code: DONE, err: '' });
    expect(new Set(Object.values(await statusesAt(url)))).toEqual(new Set(['completed']));
    expect(beta.project.runs().filter((line) => line.startsWith('end'))).toEqual([]);
    expect(await count('task_queue WHERE crash_count > 0 OR attempts <> 1')).toBe(0);
  });

  it('control: one that does not ask whether it may read takes it for damage', async () => {
    const { ends } = await shutOut(UNGUARDED_PAWL, 'alpha');
    for (const { err } of ends) expect(err).toMatch(/store_corrupt/);
  });
});

interface Check {
  readonly name: string;
  readonly severity: string;
  readonly message: string;
}

const BROUGHT_UP = `generation = ${NEXT_GENERATION}`;
