import { describe, expect, it } from 'vitest';
import type { Client, ClientPlace, Scope } from '../src/clients/client.ts';
import { CLIENTS } from '../src/clients/client-table.ts';
import { read } from './tidy/repository.ts';

/** As the page writes places. */
const PLACE: ClientPlace = {
  home: '~',
  root: '',
  platform: 'linux',
  env: { XDG_CONFIG_HOME: '$CONFIG' },
};

function filesOf(client: Client, scope: Scope): string {
  const places = client.files[scope]?.(PLACE) ?? [];
  const names = places.map((files) => files.map((file) => `\`${file.replace(/^\//, '')}\``));
  return names.map((files) => files.join(' or ')).join(', ');
}

function leftToDo({ approval: { user, project } }: Client): string {
  if (user === project || project === '') return user;
  return `${user} In a project: ${project}`;
}

const rowOf = (client: Client): string =>
  `| \`${client.id}\` | ${client.name} | ${filesOf(client, 'user')} | ` +
  `${filesOf(client, 'project')} | \`${client.container}\` | ${leftToDo(client)} |`;

describe('the page about clients', () => {
  it('has the table of the code, row by row', () => {
    const rows = read('docs/learn/clients.md').match(/^\| `[a-z-]+` \|.*$/gm);
    expect(rows).toEqual(CLIENTS.map(rowOf));
  });

  it('knows thirteen clients, each by a name of its own', () => {
    expect(new Set(CLIENTS.map(({ id }) => id)).size).toBe(13);
  });

  it('names the files on a Mac where they differ', () => {
    const onMac = { ...PLACE, platform: 'darwin', env: {} };
    const of = (id: string): string | undefined =>
      CLIENTS.find((client) => client.id === id)?.files.user?.(onMac)[0]?.[0];
    expect(of('claude-desktop')).toBe(
      '~/Library/Application Support/Claude/claude_desktop_config.json',
    );
    expect(of('vscode')).toBe('~/Library/Application Support/Code/User/mcp.json');
    expect(of('zed')).toBe('~/.config/zed/settings.json');
    expect(of('opencode')).toBe('~/.config/opencode/opencode.json');
  });
});
