import { PawlError } from '../domain/errors.ts';
import type { Client, ClientPlace, FileNames, Scope } from './client.ts';
import { commandShape, listShape } from './entry-shape.ts';

/** A program's settings folder: of an environment variable, else below the home. */
const inHome =
  (...names: readonly string[]) =>
  ({ home }: ClientPlace): readonly string[] =>
    names.map((name) => `${home}/${name}`);

const userFile =
  (...names: FileNames) =>
  ({ home }: ClientPlace): readonly FileNames[] => [
    names.map((name) => `${home}/${name}`) as unknown as FileNames,
  ];

const projectFile =
  (...names: FileNames) =>
  ({ root }: ClientPlace): readonly FileNames[] => [
    names.map((name) => `${root}/${name}`) as unknown as FileNames,
  ];

/** `$NAME/file` where that variable is set, else a file below the home. */
const folderFile =
  (variable: string, folder: string, file: string) =>
  ({ env, home }: ClientPlace): readonly FileNames[] => [
    [`${env[variable] || (folder === '' ? home : `${home}/${folder}`)}/${file}`],
  ];

/** Where programs of a desktop keep their settings. */
function settingsHome({ platform, home, env }: ClientPlace): string {
  if (platform === 'darwin') return `${home}/Library/Application Support`;
  return configHome({ home, env });
}

function configHome({ home, env }: Pick<ClientPlace, 'home' | 'env'>): string {
  return env['XDG_CONFIG_HOME'] || `${home}/.config`;
}

const vscodeUser = (place: ClientPlace): string => `${settingsHome(place)}/Code/User`;

const CLINE_IN_VSCODE = 'globalStorage/saoudrizwan.claude-dev/settings';

const RESTART = 'Start it anew.';
const AT_ONCE = 'Nothing: it is there in the next session.';

/** The clients whose settings `pawl setup` knows. Names and files are a public contract. */
export const CLIENTS: readonly Client[] = [
  {
    id: 'claude-desktop',
    name: 'Claude Desktop',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape(),
    programs: [],
    signs: (place) => [`${settingsHome(place)}/Claude`],
    files: {
      user: (place) => [[`${settingsHome(place)}/Claude/claude_desktop_config.json`]],
      project: null,
    },
    approval: { user: RESTART, project: '' },
  },
  {
    id: 'claude-code',
    name: 'Claude Code',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape({ type: 'stdio' }),
    programs: ['claude'],
    signs: (place) => [...inHome('.claude', '.claude.json')(place)],
    files: {
      user: folderFile('CLAUDE_CONFIG_DIR', '', '.claude.json'),
      project: projectFile('.mcp.json'),
    },
    approval: { user: AT_ONCE, project: 'Approve it at the next start of `claude`, or in `/mcp`.' },
  },
  {
    id: 'codex',
    name: 'Codex',
    format: 'toml',
    container: 'mcp_servers',
    shape: commandShape(),
    programs: ['codex'],
    signs: ({ env, home }) => [env['CODEX_HOME'] || `${home}/.codex`],
    files: {
      user: folderFile('CODEX_HOME', '.codex', 'config.toml'),
      project: projectFile('.codex/config.toml'),
    },
    approval: { user: AT_ONCE, project: 'Trust the project: Codex reads no other settings in it.' },
  },
  {
    id: 'gemini',
    name: 'Gemini CLI',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape(),
    programs: ['gemini'],
    signs: inHome('.gemini'),
    files: {
      user: userFile('.gemini/settings.json'),
      project: projectFile('.gemini/settings.json'),
    },
    approval: { user: AT_ONCE, project: 'Trust the folder when `gemini` asks.' },
  },
  {
    id: 'copilot',
    name: 'Copilot CLI',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape({ type: 'local' }, { tools: ['*'] }),
    programs: ['copilot'],
    signs: ({ env, home }) => [env['COPILOT_HOME'] || `${home}/.copilot`],
    files: {
      user: folderFile('COPILOT_HOME', '.copilot', 'mcp-config.json'),
      project: projectFile('.github/mcp.json'),
    },
    approval: { user: AT_ONCE, project: 'Trust the folder when `copilot` asks.' },
  },
  {
    id: 'vscode',
    name: 'VS Code',
    format: 'jsonc',
    container: 'servers',
    shape: commandShape({ type: 'stdio' }),
    programs: ['code'],
    signs: (place) => [vscodeUser(place)],
    files: {
      user: (place) => [[`${vscodeUser(place)}/mcp.json`]],
      project: projectFile('.vscode/mcp.json'),
    },
    approval: {
      user: 'Start it in "MCP: List Servers", and say that you trust it.',
      project: 'Start it in "MCP: List Servers", and say that you trust it.',
    },
  },
  {
    id: 'cursor',
    name: 'Cursor',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape(),
    programs: ['cursor', 'cursor-agent'],
    signs: inHome('.cursor'),
    files: { user: userFile('.cursor/mcp.json'), project: projectFile('.cursor/mcp.json') },
    approval: {
      user: 'Switch it on in Settings, MCP.',
      project: 'Switch it on in Settings, MCP.',
    },
  },
  {
    id: 'windsurf',
    name: 'Windsurf',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape(),
    programs: ['windsurf'],
    signs: inHome('.codeium/windsurf'),
    files: { user: userFile('.codeium/windsurf/mcp_config.json'), project: null },
    approval: { user: 'Press Refresh in the list of MCP servers.', project: '' },
  },
  {
    id: 'zed',
    name: 'Zed',
    format: 'jsonc',
    container: 'context_servers',
    shape: commandShape({ source: 'custom' }),
    programs: ['zed', 'zeditor'],
    signs: (place) => [`${zedHome(place)}`],
    files: {
      user: (place) => [[`${zedHome(place)}/settings.json`]],
      project: projectFile('.zed/settings.json'),
    },
    approval: { user: AT_ONCE, project: 'Trust the project when Zed asks.' },
  },
  {
    id: 'cline',
    name: 'Cline',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape(),
    programs: ['cline'],
    signs: (place) => [`${place.home}/.cline`, `${vscodeUser(place)}/${CLINE_IN_VSCODE}`],
    files: {
      user: (place) => [
        [
          place.env['CLINE_MCP_SETTINGS_PATH'] ||
            `${place.home}/.cline/data/settings/cline_mcp_settings.json`,
        ],
        [`${vscodeUser(place)}/${CLINE_IN_VSCODE}/cline_mcp_settings.json`],
      ],
      project: null,
    },
    approval: { user: AT_ONCE, project: '' },
  },
  {
    id: 'continue',
    name: 'Continue',
    format: 'yaml',
    container: 'mcpServers',
    shape: commandShape(),
    programs: [],
    signs: inHome('.continue'),
    files: {
      user: userFile('.continue/mcpServers/pawl.yaml'),
      project: projectFile('.continue/mcpServers/pawl.yaml'),
    },
    approval: { user: 'Choose agent mode.', project: 'Choose agent mode.' },
  },
  {
    id: 'opencode',
    name: 'opencode',
    format: 'jsonc',
    container: 'mcp',
    shape: listShape,
    programs: ['opencode'],
    signs: (place) => [`${configHome(place)}/opencode`],
    files: {
      user: (place) => {
        const folder = `${configHome(place)}/opencode`;
        const said = place.env['OPENCODE_CONFIG'];
        if (said) return [[said]];
        return [[`${folder}/opencode.json`, `${folder}/opencode.jsonc`]];
      },
      project: projectFile('opencode.json', 'opencode.jsonc'),
    },
    approval: { user: AT_ONCE, project: AT_ONCE },
  },
  {
    id: 'qwen',
    name: 'Qwen Code',
    format: 'jsonc',
    container: 'mcpServers',
    shape: commandShape(),
    programs: ['qwen'],
    signs: inHome('.qwen'),
    files: { user: userFile('.qwen/settings.json'), project: projectFile('.qwen/settings.json') },
    approval: { user: '`qwen mcp approve pawl`.', project: '`qwen mcp approve pawl`.' },
  },
];

function zedHome(place: ClientPlace): string {
  return `${configHome(place.platform === 'darwin' ? { home: place.home, env: {} } : place)}/zed`;
}

/** @throws PawlError `usage` with the names that there are. */
export function clientNamed(id: string): Client {
  const client = CLIENTS.find((one) => one.id === id);
  if (client !== undefined) return client;
  const names = CLIENTS.map((one) => one.id).join(', ');
  throw new PawlError('usage', `no client is called ${id}; there are ${names}`);
}

/**
 * The files of a scope that a client may read, the most usual first.
 *
 * @throws PawlError `usage` where the client has no settings of that scope.
 */
export function filesOf(client: Client, scope: Scope, place: ClientPlace): readonly FileNames[] {
  const files = client.files[scope];
  if (files !== null) return files(place);
  throw new PawlError('usage', `${client.name} has no settings of a project; use --scope user`);
}
