import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What of package.json describes the program. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** Of the MCP registry; the package proves by it that both belong together. */
  readonly mcpName: string;
  readonly engines: { readonly node: string };
}

/** What the ways to get Pawl say besides, once for all of them. */
const ABOUT = {
  title: 'Pawl',
  author: 'Pawl contributors',
  long:
    'Break work into tasks with your agent. Pawl keeps them in a database, hands each to whoever ' +
    'claims it, brings it through crashes, restarts and upgrades, and always says what happened.',
  keywords: ['tasks', 'orchestrator', 'agents', 'durable', 'queue'],
  /** Names the folder in which it works, where a client has none of its own. */
  workspace: {
    type: 'directory',
    title: 'Project folder',
    description: 'The folder whose tasks Pawl keeps, in its `.pawl`.',
    required: true,
  },
  toolSets: 'Which tools are offered: core, standard (the default) or all.',
} as const;

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
}

/** Every file of the project that is made from package.json and this one, by its path. */
export function distributionFiles(manifest: Manifest): Readonly<Record<string, string>> {
  return {
    'server.json': jsonText(registryEntry(manifest)),
    '.claude-plugin/marketplace.json': jsonText(marketplace(manifest)),
    'plugin/.claude-plugin/plugin.json': jsonText(plugin(manifest)),
    'plugin/.mcp.json': jsonText(pluginServers(manifest)),
  };
}

/** For the MCP registry: how to start the npm package. */
function registryEntry({ name, version, description, mcpName }: Manifest): object {
  return {
    $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
    name: mcpName,
    title: ABOUT.title,
    description,
    version,
    packages: [
      {
        registryType: 'npm',
        identifier: name,
        version,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
        packageArguments: [{ type: 'positional', value: 'mcp' }],
        environmentVariables: [
          {
            name: 'PAWL_TOOLS',
            description: ABOUT.toolSets,
            format: 'string',
            choices: ['core', 'standard', 'all'],
          },
        ],
      },
    ],
  };
}

/** Makes the repository a place that Claude Code installs the plugin from. */
function marketplace({ name, version, description }: Manifest): object {
  return {
    name,
    owner: { name: ABOUT.author },
    plugins: [{ name, source: './plugin', description, version }],
  };
}

function plugin({ name, version, description, license }: Manifest): object {
  const author = { name: ABOUT.author };
  return { name, version, description, author, license, keywords: ABOUT.keywords };
}

/** A plugin is a copy of its folder, without packages: npx brings the one it was made for. */
function pluginServers({ name, version }: Manifest): object {
  return {
    mcpServers: { [name]: { command: 'npx', args: ['-y', `${name}@${version}`, 'mcp'] } },
  };
}

/** The manifest of the bundle that Claude Desktop installs by a click. */
export function bundleManifest({ name, version, description, license, engines }: Manifest): object {
  return {
    manifest_version: '0.3',
    name,
    display_name: ABOUT.title,
    version,
    description,
    long_description: ABOUT.long,
    author: { name: ABOUT.author },
    license,
    keywords: ABOUT.keywords,
    server: {
      type: 'node',
      entry_point: 'bin/pawl.js',
      mcp_config: {
        command: 'node',
        args: [
          `${filledIn('__dirname')}/bin/pawl.js`,
          '-C',
          filledIn('user_config.workspace'),
          'mcp',
        ],
        env: {},
      },
    },
    tools_generated: true,
    prompts_generated: true,
    compatibility: { platforms: ['darwin', 'linux'], runtimes: { node: engines.node } },
    user_config: { workspace: ABOUT.workspace },
  };
}

/** A word that the client puts something in the place of. */
function filledIn(name: string): string {
  return `$\{${name}}`;
}

/** As the project's formatter has it: short lists on one line. */
function jsonText(value: object): string {
  const text = JSON.stringify(value, null, 2);
  const short = text.replaceAll(/\[\n\s+([^[\]{}]*?)\n\s+\]/g, (_all, items: string) => {
    return `[${items.replaceAll(/\s*\n\s*/g, ' ')}]`;
  });
  return `${short}\n`;
}
