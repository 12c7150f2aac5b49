import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  anyHandwriting,
  anySettings,
  jsoncText,
  tomlText,
} from '../../test/support/any-settings.ts';
import { testDepth } from '../../test/support/test-depth.ts';
import { CLIENTS, clientNamed } from './client-table.ts';
import { findEntry, planRemoval, planSetup, snippet } from './plan-setup.ts';
import { settingsText } from './settings-format.ts';

const RUNS = { numRuns: testDepth.pick({ reduced: 30, full: 1_000 }) };

const LAUNCH = { command: '/opt/node', args: ['/opt/pawl/bin/pawl.js', 'mcp'] };
const NEWER = { command: '/opt/node', args: ['/opt/pawl-2/bin/pawl.js', 'mcp'] };
const WISH = { launch: LAUNCH, folder: null, replace: null };

const jsonc = clientNamed('claude-code');
const toml = clientNamed('codex');
const CASES = [
  { client: jsonc, write: jsoncText },
  { client: toml, write: tomlText },
] as const;

describe.each(CASES)('settings of $client.name', ({ client, write }) => {
  const anyText = fc
    .tuple(anySettings(client.container), anyHandwriting)
    .map(([settings, hand]) => write(settings, hand));

  it('are set up and taken back to the very byte, also after an upgrade in between', () => {
    fc.assert(
      fc.property(anyText, (before) => {
        const first = planSetup(client, { text: before, record: null }, WISH);
        expect(first.text).not.toBe(before);
        expect(planRemoval(client, first)).toBe(before);
        const upgraded = planSetup(client, first, { ...WISH, launch: NEWER });
        expect(findEntry(client, upgraded.text).entry?.launch).toEqual(NEWER);
        expect(planRemoval(client, upgraded)).toBe(before);
      }),
      RUNS,
    );
  });

  it('are the same after a second set-up', () => {
    fc.assert(
      fc.property(anyText, (before) => {
        const first = planSetup(client, { text: before, record: null }, WISH);
        expect(planSetup(client, first, WISH)).toEqual(first);
        expect(planSetup(client, { text: first.text, record: null }, WISH).text).toBe(first.text);
      }),
      RUNS,
    );
  });

  it('keep what their owner writes between setting up and taking back', () => {
    const mark = client === toml ? '# mine\n' : '// mine\n';
    fc.assert(
      fc.property(anyText, fc.boolean(), (before, above) => {
        fc.pre(!before.startsWith('\uFEFF') && (above || before.endsWith('\n')));
        const edited = (text: string): string => (above ? mark + text : text + mark);
        const { text, record } = planSetup(client, { text: before, record: null }, WISH);
        expect(planRemoval(client, { text: edited(text), record })).toBe(edited(before));
      }),
      RUNS,
    );
  });

  it('lose nothing but the entry when all that was known of the set-up is lost', () => {
    fc.assert(
      fc.property(anyText, (before) => {
        const { read } = settingsText(client.format);
        const { text } = planSetup(client, { text: before, record: null }, WISH);
        const after = planRemoval(client, { text, record: null }) ?? '';
        const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
        expect(plain({ [client.container]: {}, ...(read(after) as object) })).toEqual(
          plain({ [client.container]: {}, ...(read(before) as object) }),
        );
      }),
      RUNS,
    );
  });
});

describe('an entry', () => {
  it.each(CLIENTS)('of $name says what to start, in a file that was not there', (client) => {
    const { text, record } = planSetup(client, { text: null, record: null }, WISH);
    expect(findEntry(client, text)).toEqual({
      entry: { key: 'pawl', launch: LAUNCH, isPawl: true },
      older: [],
    });
    expect(text).toBe(snippet(client, LAUNCH));
    expect(planRemoval(client, { text, record })).toBeNull();
    expect(planRemoval(client, { text: null, record: null })).toBeNull();
  });

  it.each(CLIENTS)('of $name keeps what was added to it, when Pawl lies elsewhere', (client) => {
    const editor = settingsText(client.format);
    const { text, record } = planSetup(client, { text: null, record: null }, WISH);
    const own = editor.set(text, [client.container, 'pawl', 'env'], { PAWL_TOOLS: 'all' });
    const moved = planSetup(client, { text: own, record }, { ...WISH, launch: NEWER }).text;
    expect(findEntry(client, moved).entry?.launch).toEqual(NEWER);
    expect(moved).toContain('PAWL_TOOLS');
  });

  it('that somebody else has under that key is refused, as is what is no list of servers', () => {
    const foreign = '{"mcpServers": {"pawl": {"command": "other", "args": ["mcp"]}}}';
    const plan = (text: string): unknown => planSetup(jsonc, { text, record: null }, WISH);
    expect(() => plan(foreign)).toThrow(expect.objectContaining({ code: 'client_entry_foreign' }));
    expect(() => planRemoval(jsonc, { text: foreign, record: null })).toThrow(
      expect.objectContaining({ code: 'client_entry_foreign' }),
    );
    for (const text of ['{"mcpServers": []}', '[]', '{"a": 1', '{"a": 1, "a": 2}', '"x"']) {
      expect(() => plan(text), text).toThrow(
        expect.objectContaining({ code: 'client_file_invalid' }),
      );
    }
  });

  it('names line and column of what is wrong', () => {
    const plan = (text: string): unknown => planSetup(jsonc, { text, record: null }, WISH);
    expect(() => plan('{\n  "a": 1\n  "b": 2\n}')).toThrow(/line 3, column 3/);
    const inToml = (text: string): unknown => planSetup(toml, { text, record: null }, WISH);
    expect(() => inToml('a = 1\na = 2\n')).toThrow(/line 2, column 1/);
    const inYaml = (text: string): unknown =>
      planSetup(clientNamed('continue'), { text, record: null }, WISH);
    expect(() => inYaml('mcpServers:\n  - name: [\n')).toThrow(/line 3, column 1/);
  });

  it('is bound to a folder when asked, and stays so', () => {
    const bound = planSetup(jsonc, { text: null, record: null }, { ...WISH, folder: '/a b' });
    expect(findEntry(jsonc, bound.text).entry?.launch?.args).toEqual([
      '/opt/pawl/bin/pawl.js',
      ...['-C', '/a b', 'mcp'],
    ]);
    expect(planSetup(jsonc, bound, WISH).text).toBe(bound.text);
  });
});

describe('moving over from the older orchestrator', () => {
  const OLDER = `{
  // team servers
  "mcpServers": {
    "task-orchestrator": {
      "command": "/venv/bin/python", // ours
      "args": ["-m", "mcp_task_orchestrator"],
      "env": {"A": "1"}
    }
  }
}
`;
  const take = { ...WISH, replace: 'task-orchestrator' };

  it('changes what the entry starts, and keeps its key and all else', () => {
    expect(findEntry(jsonc, OLDER).older).toEqual(['task-orchestrator']);
    const taken = planSetup(jsonc, { text: OLDER, record: null }, take);
    expect(taken.text).toBe(
      OLDER.replace('/venv/bin/python', LAUNCH.command).replace(
        '"-m", "mcp_task_orchestrator"',
        '"/opt/pawl/bin/pawl.js", "mcp"',
      ),
    );
    expect(planRemoval(jsonc, taken)).toBe(OLDER);
    // From now on it is Pawl's: no second one is added beside it.
    expect(planSetup(jsonc, taken, WISH).text).toBe(taken.text);
  });

  it('is taken back although the file was edited meanwhile', () => {
    const { text, record } = planSetup(jsonc, { text: OLDER, record: null }, take);
    const edited = text.replace('"A": "1"', '"A": "2"');
    expect(planRemoval(jsonc, { text: edited, record })).toBe(
      OLDER.replace('"A": "1"', '"A": "2"'),
    );
  });

  it('works for every client', () => {
    for (const client of CLIENTS.filter(({ format }) => format !== 'yaml')) {
      const older = { command: 'python', args: ['-m', 'mcp_task_orchestrator'] };
      const path = [client.container, 'task-orchestrator'] as const;
      const before = settingsText(client.format).set('', path, client.shape.entry(older));
      const taken = planSetup(client, { text: before, record: null }, take);
      expect(findEntry(client, taken.text).entry).toMatchObject({
        key: 'task-orchestrator',
        launch: LAUNCH,
      });
      expect(planRemoval(client, taken)).toBe(before);
    }
  });

  it('needs an entry to take over', () => {
    expect(() => planSetup(jsonc, { text: '{}', record: null }, take)).toThrow(
      expect.objectContaining({ code: 'client_entry_missing' }),
    );
  });
});
