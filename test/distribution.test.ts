import { describe, expect, it } from 'vitest';
import { bundleManifest, distributionFiles, readManifest } from '../scripts/distribution.ts';
import { read } from './tidy/repository.ts';

const manifest = readManifest();
const files = distributionFiles(manifest);

describe('the ways to get Pawl besides npm', () => {
  it.each(Object.keys(files))('%s is what `npm run distribution` writes', (path) => {
    expect(read(path)).toBe(files[path]);
  });

  it('tell one name and one version everywhere, and follow package.json', () => {
    const next = { ...manifest, version: '9.8.7' };
    for (const text of Object.values(distributionFiles(next))) {
      expect(text).toContain('9.8.7');
      expect(text).not.toContain(manifest.version);
    }
    expect(bundleManifest(next)).toMatchObject({ name: manifest.name, version: '9.8.7' });
  });

  it('keep what the MCP registry asks for', () => {
    const entry = JSON.parse(read('server.json'));
    expect(entry.name).toBe(manifest.mcpName);
    expect(entry.name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
    expect(entry.description.length).toBeLessThanOrEqual(100);
    expect(entry.packages[0]).toMatchObject({ identifier: manifest.name, version: entry.version });
    expect(entry.packages[0].transport).toEqual({ type: 'stdio' });
  });

  it('lead from the marketplace to the plugin, and from there to `pawl mcp`', () => {
    const { plugins } = JSON.parse(read('.claude-plugin/marketplace.json'));
    const plugin = JSON.parse(read(`${plugins[0].source.slice(2)}/.claude-plugin/plugin.json`));
    expect(plugin).toMatchObject({ name: plugins[0].name, version: plugins[0].version });
    const { mcpServers } = JSON.parse(read(`${plugins[0].source.slice(2)}/.mcp.json`));
    expect(mcpServers.pawl.args).toEqual(['-y', `pawl@${manifest.version}`, 'mcp']);
  });
});
