import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { createRealWorld } from '../../../src/world/real-world.ts';
import { ownCertificate } from '../../support/own-certificate.ts';
import {
  execute,
  OWN_SERVER,
  type PostgresServer,
  QUIET,
  startPostgresServer,
} from '../../support/postgres-server.ts';
import { serverUser } from '../../support/server-user.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'pawl-tls-'));
const at = (name: string): string => join(folder, name);
const open = async (url: string): Promise<readonly unknown[]> => {
  const store = await openPostgresStore({ world: createRealWorld(), url });
  try {
    return await store.lists();
  } finally {
    await store.close();
  }
};
/** The same address with other parameters. */
const saying = (url: string, params: Readonly<Record<string, string>>): string => {
  const said = new URL(url);
  for (const [name, value] of Object.entries(params)) said.searchParams.set(name, value);
  return said.href;
};

describe.runIf(OWN_SERVER)('TLS to a server', () => {
  let withTls: PostgresServer;
  let plain: PostgresServer;
  let [url, plainUrl] = ['', ''];

  beforeAll(async () => {
    chmodSync(folder, 0o755);
    for (const name of ['server', 'stranger']) {
      const { certificate, key } = ownCertificate();
      writeFileSync(at(`${name}.crt`), certificate);
      writeFileSync(at(`${name}.key`), key, { mode: 0o600 });
    }
    const user = serverUser();
    if (user !== null) chownSync(at('server.key'), user.uid, user.gid);
    const files = [`ssl_cert_file=${at('server.crt')}`, `ssl_key_file=${at('server.key')}`];
    withTls = await startPostgresServer([...QUIET, 'ssl=on', ...files]);
    plain = await startPostgresServer();
    url = await withTls.createDatabase();
    plainUrl = await plain.createDatabase();
  });
  afterAll(async () => {
    await withTls?.stop();
    await plain?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('verify-full with its authority is encrypted, by name and by number', async () => {
    const trusted = saying(url, { sslmode: 'verify-full', sslrootcert: at('server.crt') });
    expect(await open(trusted)).toEqual([]);
    const [row] = await execute(
      trusted,
      'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
    );
    expect(row).toEqual({ ssl: true });
    expect(await open(trusted.replace('127.0.0.1', 'localhost'))).toEqual([]);
  });

  it.each([
    ['without its authority', {}],
    ['with the authority of another', { sslrootcert: 'stranger.crt' }],
  ] as const)('verify-full %s is refused at once, clearly', async (_name, { ...files }) => {
    const root = 'sslrootcert' in files ? { sslrootcert: at(String(files.sslrootcert)) } : {};
    const began = performance.now();
    const refused = open(saying(url, { sslmode: 'verify-full', ...root }));
    await expect(refused).rejects.toMatchObject({
      code: 'store_untrusted',
      message: expect.stringMatching(/certificate/),
    });
    // It is not waited for, as a server that is away would be.
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('a file of an authority that is not there is named', async () => {
    const missing = saying(url, { sslmode: 'verify-full', sslrootcert: at('nowhere.crt') });
    await expect(open(missing)).rejects.toMatchObject({
      code: 'store_untrusted',
      message: expect.stringContaining('nowhere.crt'),
    });
  });

  it('a server that does not speak it is refused when it is required', async () => {
    for (const sslmode of ['require', 'verify-full']) {
      await expect(open(saying(plainUrl, { sslmode }))).rejects.toMatchObject({
        code: 'store_untrusted',
        message: expect.stringContaining('does not support SSL'),
      });
    }
    expect(await open(plainUrl)).toEqual([]);
  });
});
