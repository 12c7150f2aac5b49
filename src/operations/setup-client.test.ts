import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clientNamed } from '../clients/client-table.ts';
import { silentLogger } from '../observe/logger.ts';
import { createRealWorld } from '../world/real-world.ts';
import type { Checkpoint, World } from '../world/world.ts';
import type { ClientContext } from './client-context.ts';
import type { ClientSetup, SetupClient } from './setup-client.ts';
import { type SetupWish, setupAllClients, setupOneClient } from './setup-clients.ts';

const SETTINGS = '{\n  // mine\n  "theme": "dark",\n}\n';
const LAUNCH = { command: '/opt/node', args: ['/opt/pawl/bin/pawl.js', 'mcp'] };

const temp = { home: '' };

beforeEach(() => {
  temp.home = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-setup-')));
});

afterEach(() => {
  rmSync(temp.home, { recursive: true, force: true });
});

function context(world: World = createRealWorld(), env = {}): ClientContext {
  return {
    world,
    log: silentLogger,
    place: { home: temp.home, root: join(temp.home, 'project'), platform: 'linux', env },
    keepIn: join(temp.home, 'state'),
    program: () => Promise.resolve(null),
    launch: () => Promise.resolve(LAUNCH),
  };
}

/** A world in which something happens at a moment; each time with its number. */
function worldWhere(moment: Checkpoint, happens: (times: number) => void): World {
  let times = 0;
  return {
    ...createRealWorld(),
    checkpoint: (name) => {
      if (name !== moment) return;
      times += 1;
      happens(times);
    },
  };
}

function worldRefusing(call: 'stage' | 'link', code: string): World {
  const world = createRealWorld();
  const refuse = (): Promise<never> =>
    Promise.reject(Object.assign(new Error(`${code}: no`), { code }));
  return { ...world, files: { ...world.files, [call]: refuse } };
}

async function zed(
  verb: SetupClient['verb'],
  ctx: ClientContext = context(),
  wish: Partial<SetupWish> = {},
): Promise<ClientSetup> {
  const whole = { verb, scope: 'user', folder: null, replace: null, ...wish } as const;
  const [setup] = await setupOneClient(ctx, clientNamed('zed'), whole);
  if (setup === undefined) throw new Error('no file');
  return setup;
}

function file(text?: string): string {
  const path = join(temp.home, '.config/zed/settings.json');
  mkdirSync(dirname(path), { recursive: true });
  if (text !== undefined) writeFileSync(path, text);
  return path;
}

/** Every file below a folder, but Pawl's own. */
function leftIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.startsWith(join(temp.home, 'state')));
}

describe('setting up a client', () => {
  it('is done once, and taken back to the byte; what was replaced is kept', async () => {
    const path = file(SETTINGS);
    const first = await zed('set');
    expect(first).toMatchObject({ status: 'in-sync', changed: true, key: 'pawl', launch: LAUNCH });
    expect(readFileSync(first.backup ?? '', 'utf8')).toBe(SETTINGS);
    expect(statSync(dirname(first.backup ?? '')).mode & 0o777).toBe(0o700);
    const text = readFileSync(path, 'utf8');
    const inode = statSync(path).ino;
    expect(await zed('set')).toMatchObject({ status: 'in-sync', changed: false, diff: '' });
    expect(statSync(path).ino).toBe(inode);
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(await zed('remove')).toMatchObject({ status: 'absent', changed: true });
    expect(readFileSync(path, 'utf8')).toBe(SETTINGS);
    expect(await zed('remove')).toMatchObject({ status: 'absent', changed: false });
    expect(leftIn(temp.home)).toEqual([path]);
  });

  it('only looks when it is to look', async () => {
    const path = file(SETTINGS);
    const seen = await zed('check');
    expect(seen).toMatchObject({ status: 'absent', changed: false });
    expect(seen.diff).toContain('+    "pawl": {');
    expect(readFileSync(path, 'utf8')).toBe(SETTINGS);
    expect(existsSync(join(temp.home, 'state'))).toBe(false);
  });

  it('makes a file that was not there, and takes it away again', async () => {
    const { file: path } = await zed('set');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      context_servers: { pawl: { source: 'custom', ...LAUNCH } },
    });
    expect(await zed('remove')).toMatchObject({ changed: true, status: 'absent' });
    expect(leftIn(temp.home)).toEqual([]);
  });

  it('keeps the mode of the file, and the link that leads to it', async () => {
    const real = join(temp.home, 'dotfiles.json');
    writeFileSync(real, SETTINGS, { mode: 0o600 });
    const path = file();
    symlinkSync(real, path);
    await zed('set');
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o600);
    expect(readFileSync(real, 'utf8')).toContain('pawl');
    await zed('remove');
    expect(readFileSync(real, 'utf8')).toBe(SETTINGS);
  });

  it('shows no secret of a neighbour', async () => {
    file(
      '{\n  "context_servers": {\n    "a": { "env": { "API_KEY": "hunter2hunter2" } }\n  }\n}\n',
    );
    const { diff } = await zed('set');
    expect(diff).toContain('API_KEY');
    expect(diff).not.toContain('hunter2');
  });

  it('keeps the ten newest files that were replaced', async () => {
    file(SETTINGS);
    for (let round = 0; round < 7; round += 1) {
      await zed('set');
      await zed('remove');
    }
    expect(readdirSync(join(temp.home, 'state/replaced'))).toHaveLength(10);
  });
});

describe('settings that are in the way', () => {
  it('that cannot be read are left as they are, with the place and a remedy', async () => {
    const broken = '{\n  "theme": "dark"\n  "other": 1\n}\n';
    const path = file(broken);
    for (const verb of ['set', 'check', 'remove'] as const) {
      const error = await zed(verb).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'client_file_invalid', details: { line: 3, column: 3 } });
      expect(String(error)).toContain(path);
    }
    expect(readFileSync(path, 'utf8')).toBe(broken);
    expect(leftIn(temp.home)).toEqual([path]);
  });

  it('hold bytes that are no text', async () => {
    const path = file();
    writeFileSync(path, Buffer.from([0x7b, 0xff, 0x7d]));
    await expect(zed('set')).rejects.toMatchObject({ code: 'client_file_invalid' });
    expect([...readFileSync(path)]).toEqual([0x7b, 0xff, 0x7d]);
  });

  it('are read-only, a folder, or a link to nothing', async () => {
    const path = file(SETTINGS);
    chmodSync(path, 0o444);
    await expect(zed('set')).rejects.toMatchObject({ code: 'client_file_unwritable' });
    expect(readFileSync(path, 'utf8')).toBe(SETTINGS);
    rmSync(path);
    mkdirSync(path);
    await expect(zed('set')).rejects.toMatchObject({ code: 'client_file_unreadable' });
    rmSync(path, { recursive: true });
    symlinkSync(join(temp.home, 'nowhere/x.json'), path);
    await expect(zed('set')).rejects.toMatchObject({ code: 'client_file_unreadable' });
    expect(leftIn(temp.home)).toEqual([path]);
  });

  it.each(['ENOSPC', 'EROFS', 'EACCES', 'EIO'])(
    'cannot be written (%s): nothing is',
    async (code) => {
      const path = file(SETTINGS);
      const refusing = context(worldRefusing('stage', code));
      await expect(zed('set', refusing)).rejects.toMatchObject({
        code: 'client_file_unwritable',
        details: { systemCode: code, client: 'zed' },
      });
      expect(readFileSync(path, 'utf8')).toBe(SETTINGS);
      rmSync(path);
      await expect(zed('set', refusing)).rejects.toMatchObject({ code: 'client_file_unwritable' });
      expect(leftIn(temp.home)).toEqual([]);
    },
  );

  it('lie where no link can be made: a copy with the same mode is kept', async () => {
    const path = file(SETTINGS);
    chmodSync(path, 0o600);
    const { backup } = await zed('set', context(worldRefusing('link', 'EXDEV')));
    expect(readFileSync(backup ?? '', 'utf8')).toBe(SETTINGS);
    expect(statSync(backup ?? '').mode & 0o777).toBe(0o600);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});

describe('another program that saves the settings meanwhile', () => {
  it.each(['before-mark', 'mark-kept', 'mark-written'] as const)(
    'keeps what it saved, and Pawl is set up in it (at %s)',
    async (moment) => {
      const path = file(SETTINGS);
      const saved = SETTINGS.replace('dark', 'light');
      const world = worldWhere(moment, (times) => times === 1 && writeFileSync(path, saved));
      expect(await zed('set', context(world))).toMatchObject({ status: 'in-sync', changed: true });
      const text = readFileSync(path, 'utf8');
      expect(text).toContain('light');
      expect(text).toContain('pawl');
      await zed('remove');
      expect(readFileSync(path, 'utf8')).toBe(saved);
    },
  );

  it('and never stops is told to stop', async () => {
    const path = file(SETTINGS);
    const world = worldWhere('mark-written', (times) =>
      writeFileSync(path, SETTINGS.replace('dark', `${times}`)),
    );
    await expect(zed('set', context(world))).rejects.toMatchObject({ code: 'client_file_changed' });
    expect(readFileSync(path, 'utf8')).not.toContain('pawl');
  });

  it('and breaks them is left alone', async () => {
    const path = file(SETTINGS);
    const world = worldWhere('mark-kept', () => writeFileSync(path, '{ half'));
    await expect(zed('set', context(world))).rejects.toMatchObject({ code: 'client_file_invalid' });
    expect(readFileSync(path, 'utf8')).toBe('{ half');
  });
});

describe('all clients that are installed', () => {
  const wish = { verb: 'set', scope: 'user', folder: null, replace: null } as const;

  it('are set up, one that is broken keeps no other from it, the rest is named', async () => {
    file(SETTINGS);
    mkdirSync(join(temp.home, '.cursor'));
    writeFileSync(join(temp.home, '.cursor/mcp.json'), '{ half');
    const { done, failed, leftOut } = await setupAllClients(context(), wish);
    expect(done.map(({ client }) => client)).toEqual(['zed']);
    expect(failed).toMatchObject([{ client: 'cursor', error: { code: 'client_file_invalid' } }]);
    expect(leftOut).toHaveLength(11);
    expect(leftOut[0]?.why).toMatch(/not installed: there is no .*Claude/);
  });

  it('are told apart from those that have no settings of a project', async () => {
    file(SETTINGS);
    const { leftOut } = await setupAllClients(context(), { ...wish, scope: 'project' });
    const why = Object.fromEntries(leftOut.map((one) => [one.client, one.why]));
    expect(why['windsurf']).toBe('it has no settings of a project');
  });

  it('have their files where the environment says', async () => {
    const env = { CODEX_HOME: join(temp.home, 'cx'), CLAUDE_CONFIG_DIR: join(temp.home, 'cc') };
    const of = async (id: string): Promise<string | undefined> =>
      (await setupOneClient(context(createRealWorld(), env), clientNamed(id), wish))[0]?.file;
    expect(await of('codex')).toBe(join(temp.home, 'cx/config.toml'));
    expect(await of('claude-code')).toBe(join(temp.home, 'cc/.claude.json'));
  });

  it('have all of their files set up: Cline in a terminal and in VS Code', async () => {
    const inEditor = join(
      temp.home,
      '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings',
    );
    mkdirSync(inEditor, { recursive: true });
    mkdirSync(join(temp.home, '.cline/data/settings'), { recursive: true });
    const done = await setupOneClient(context(), clientNamed('cline'), wish);
    expect(done.map((one) => one.file)).toEqual([
      join(temp.home, '.cline/data/settings/cline_mcp_settings.json'),
      join(inEditor, 'cline_mcp_settings.json'),
    ]);
  });

  it('are set up in the file that is in use: opencode.jsonc', async () => {
    const path = join(temp.home, '.config/opencode/opencode.jsonc');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{} // mine\n');
    const [setup] = await setupOneClient(context(), clientNamed('opencode'), wish);
    expect(setup?.file).toBe(path);
    expect(readFileSync(path, 'utf8')).toMatch(/\/\/ mine\n$/);
  });
});
