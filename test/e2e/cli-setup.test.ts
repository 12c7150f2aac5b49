import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENTS } from '../../src/clients/client-table.ts';
import { findEntry } from '../../src/clients/plan-setup.ts';
import { type Ended, PawlProcess } from '../chaos/pawl-process.ts';
import { BUILT_BIN } from '../support/built-pawl.ts';
import { testDepth } from '../support/test-depth.ts';
import { type Answered, commandHere } from './command-here.ts';

/** What a person may have in a settings file of each format. */
const OWN = {
  jsonc: '\uFEFF// mine\r\n{\r\n\t"other": [1, 2,], /* kept */\r\n}\r\n',
  toml: '# mine\nmodel = "x"   # kept\n\n[other]\nlist = [\n  1, # one\n]',
  yaml: null,
} as const;

let home: string;

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-home-')));
  mkdirSync(join(home, 'project/.git'), { recursive: true });
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** For a person with this home and nothing else. */
const where = () => ({
  cwd: join(home, 'project'),
  env: { HOME: home, NO_COLOR: '1', PATH: '/usr/bin:/bin', ...NOTHING_SET },
});

const pawl = (...args: readonly string[]): Promise<Answered> => commandHere(args, where());

/** The command as it is installed. */
const installed = (...args: readonly string[]): Promise<Ended> =>
  new PawlProcess(BUILT_BIN, args, where()).end();

const NOTHING_SET = Object.fromEntries(
  [
    ...['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME', 'COPILOT_HOME'],
    ...['OPENCODE_CONFIG', 'CLINE_MCP_SETTINGS_PATH'],
  ].map((name) => [name, '']),
);

// biome-ignore lint/suspicious/noExplicitAny: an answer from outside, looked at field by field
function dataOf({ out }: Pick<Answered, 'out'>): any {
  return (JSON.parse(out) as { readonly data: unknown }).data;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Every settings file, with what it holds; not what Pawl keeps for itself. */
function settings(): Readonly<Record<string, string>> {
  const names = readdirSync(home, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => !name.startsWith('.local') && existsSync(join(home, name)));
  return Object.fromEntries(
    files.flatMap((name) => {
      try {
        return [[name, readFileSync(join(home, name), 'utf8')]];
      } catch {
        return []; // a folder
      }
    }),
  );
}

describe('the settings of a client', () => {
  it.each(CLIENTS)('$name: set up, again, and taken back', async (client) => {
    const { id, format } = client;
    const file = client.files.user?.({
      home,
      root: '',
      platform: process.platform,
      env: {},
    })[0]?.[0];
    if (file === undefined) throw new Error('no file of its own');
    const own = OWN[format];
    if (own !== null) write(file, own);
    const before = settings();
    const first = await pawl('setup', id);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain('+');
    const { entry } = findEntry(client, readFileSync(file, 'utf8'));
    expect(entry).toMatchObject({ key: 'pawl', isPawl: true });
    const after = settings();
    const again = await pawl('setup', id, '--json');
    expect(dataOf(again).clients).toMatchObject([{ changed: false, status: 'in-sync', diff: '' }]);
    expect(settings()).toEqual(after);
    expect((await pawl('setup', id, '--remove')).code).toBe(0);
    expect(settings()).toEqual(before);
  });

  it.each(testDepth.pick({ reduced: ['codex'], full: CLIENTS.map(({ id }) => id) }))(
    'of %s are only looked at, as they are: exit code 5, then 0, then 5',
    async (id) => {
      const look = async (): Promise<number | null> => (await pawl('setup', id, '--check')).code;
      expect(await look()).toBe(5);
      expect(settings()).toEqual({});
      await pawl('setup', id);
      expect(await look()).toBe(0);
      await pawl('setup', id, '--remove');
      expect(await look()).toBe(5);
    },
  );

  it('of a project lie in the project, and nowhere else', async () => {
    const having = CLIENTS.filter(({ files }) => files.project !== null).map(({ id }) => id);
    for (const id of testDepth.pick({ reduced: ['claude-code', 'vscode'], full: having })) {
      const { out, code } = await pawl('setup', id, '--scope', 'project', '--json');
      expect(code, id).toBe(0);
      const [{ file }] = dataOf({ out }).clients;
      expect(file).toMatch(new RegExp(`^${home}/project/`));
    }
    expect(Object.keys(settings()).filter((name) => !name.startsWith('project/'))).toEqual([]);
    const none = await pawl('setup', 'windsurf', '--scope', 'project');
    expect(none).toMatchObject({ code: 2 });
    expect(none.err).toContain('use --scope user');
  });
});

describe('what is written', () => {
  it('is what `--print` prints, and starts the Pawl that wrote it', async () => {
    const printed = await installed('setup', 'cursor', '--print');
    await installed('setup', 'cursor');
    expect(readFileSync(join(home, '.cursor/mcp.json'), 'utf8')).toBe(printed.out);
    const { command, args } = JSON.parse(printed.out).mcpServers.pawl;
    expect([realpathSync(command), realpathSync(args[0])]).toEqual([
      realpathSync(process.execPath),
      realpathSync(BUILT_BIN),
    ]);
    expect(args.slice(1)).toEqual(['mcp']);
  });

  it('is bound to a folder when asked', async () => {
    await pawl('setup', 'claude-desktop', '--workspace', 'sub');
    const text = readFileSync(join(home, '.config/Claude/claude_desktop_config.json'), 'utf8');
    expect(JSON.parse(text).mcpServers.pawl.args.slice(1)).toEqual([
      ...['-C', join(home, 'project/sub'), 'mcp'],
    ]);
  });

  it('takes the place of the older orchestrator under its own key', async () => {
    const path = join(home, 'project/.mcp.json');
    const older =
      '{"mcpServers": {"task-orchestrator": {"command": "python", "args": ' +
      '["-m", "mcp_task_orchestrator"], "env": {"A": "1"}}}}\n';
    write(path, older);
    const seen = await pawl('setup', 'claude-code', '--scope', 'project', '--check');
    expect(seen.out).toContain('--replace task-orchestrator');
    const taken = ['setup', 'claude-code', '--scope', 'project', '--replace', 'task-orchestrator'];
    expect((await pawl(...taken)).code).toBe(0);
    const { mcpServers } = JSON.parse(readFileSync(path, 'utf8'));
    expect(Object.keys(mcpServers)).toEqual(['task-orchestrator']);
    expect(mcpServers['task-orchestrator'].env).toEqual({ A: '1' });
    expect(mcpServers['task-orchestrator'].args.at(-1)).toBe('mcp');
    expect((await pawl('setup', 'claude-code', '--scope', 'project', '--check')).code).toBe(0);
    expect((await pawl('setup', 'claude-code', '--scope', 'project', '--remove')).code).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe(older);
  });
});

describe('what is in the way', () => {
  it('a file that cannot be read: exit code 1, the place, a remedy, nothing changed', async () => {
    const path = join(home, '.cursor/mcp.json');
    write(path, '{\n  "a": 1\n  "b": 2\n}\n');
    for (const args of [[], ['--check'], ['--remove']]) {
      const { code, err } = await pawl('setup', 'cursor', ...args);
      expect(code).toBe(1);
      expect(err).toContain(`client_file_invalid: ${path}: line 3, column 3`);
      expect(err).toContain('Correct the file');
    }
    const { code, err } = await pawl('setup', 'cursor', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(err).data).toMatchObject({ details: { line: 3, column: 3 } });
    expect(readFileSync(path, 'utf8')).toBe('{\n  "a": 1\n  "b": 2\n}\n');
  });

  it('an entry of somebody else: exit code 3, and 5 when only looked at', async () => {
    const foreign = '{"mcpServers": {"pawl": {"command": "other"}}}';
    write(join(home, '.cursor/mcp.json'), foreign);
    expect((await pawl('setup', 'cursor')).code).toBe(3);
    expect((await pawl('setup', 'cursor', '--remove')).code).toBe(3);
    expect((await pawl('setup', 'cursor', '--check')).code).toBe(5);
    expect(readFileSync(join(home, '.cursor/mcp.json'), 'utf8')).toBe(foreign);
    expect((await pawl('setup', 'cursor', '--replace', 'pawl')).code).toBe(0);
  });

  it.each([
    [[], 'name one client'],
    [['nosuch'], 'claude-desktop, claude-code'],
    [['cursor', '--all'], 'name one client'],
    [['cursor', '--check', '--remove'], 'choose one'],
    [['--all', '--print'], 'one client'],
    [['cursor', 'codex', '--print'], 'one client'],
    [['cursor', 'codex', '--replace', 'x'], 'one client'],
    [['cursor', 'nosuch'], 'no client is called nosuch'],
    [['cursor', '--remove', '--replace', 'x'], '--replace'],
    [['cursor', '--scope', 'world'], 'user'],
  ])('words that make no sense: %j', async (args, told) => {
    const { code, err } = await pawl('setup', ...args);
    expect(code).toBe(2);
    expect(err).toContain(told);
  });
});

it('all clients that are there are set up at once, the others named with a reason', async () => {
  for (const folder of ['.cursor', '.codex', '.gemini']) mkdirSync(join(home, folder));
  const { code, out } = await pawl('setup', '--all', '--json');
  expect(code).toBe(0);
  const { clients, leftOut } = dataOf({ out });
  expect(clients.map((one: { client: string }) => one.client)).toEqual([
    ...['codex', 'gemini', 'cursor'],
  ]);
  expect(leftOut).toHaveLength(10);
  expect((await pawl('setup', '--all', '--check')).code).toBe(0);
  write(join(home, '.gemini/settings.json'), '{ half');
  const broken = await pawl('setup', '--all', '--check');
  expect(broken.code).toBe(1);
  expect(broken.out).toContain('client_file_invalid');
  expect((await pawl('setup', '--all', '--remove')).code).toBe(1);
  expect(settings()).toEqual({ '.gemini/settings.json': '{ half' });
});

it('several clients are set up at once; one that cannot be keeps no other from it', async () => {
  for (const folder of ['.cursor', '.codex']) mkdirSync(join(home, folder));
  expect((await pawl('setup', 'cursor', 'codex', '--check')).code).toBe(5);
  expect((await pawl('setup', 'cursor', 'codex')).code).toBe(0);
  expect((await pawl('setup', 'codex', 'cursor', '--check')).code).toBe(0);
  write(join(home, '.codex/config.toml'), '= half');
  const { code, out } = await pawl('setup', 'codex', 'cursor', '--remove');
  expect(code).toBe(1);
  expect(out).toContain('client_file_invalid');
  expect(settings()).toEqual({ '.codex/config.toml': '= half' });
});
