import { parse as parseTomlText } from '@decimalturn/toml-patch';
import fc from 'fast-check';
import { createScanner } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import {
  anyHandwriting,
  anySettings,
  jsoncText,
  tomlText,
} from '../../test/support/any-settings.ts';
import { testDepth } from '../../test/support/test-depth.ts';
import { parseJsonc } from './jsonc-tree.ts';
import { settingsText } from './settings-format.ts';

const RUNS = { numRuns: testDepth.pick({ reduced: 30, full: 1_000 }) };

const ENTRY = { command: '/opt/node 24/bin/node', args: ['/opt/pawl/bin/pawl.js', 'mcp'] };

/** What was there before, in order, is all there after; only pieces were put in. */
function onlyAdded(before: string, after: string): boolean {
  const old = [...before];
  let at = 0;
  for (const character of after) if (character === old[at]) at += 1;
  return at === old.length;
}

function commentsIn(text: string): readonly string[] {
  const scanner = createScanner(text);
  const found: string[] = [];
  for (let kind = scanner.scan() as number; kind !== 17; kind = scanner.scan() as number) {
    if (kind === 12 || kind === 13) found.push(scanner.getTokenValue());
  }
  return found;
}

const jsonc = settingsText('jsonc');
const toml = settingsText('toml');

describe('an entry put into JSON with comments', () => {
  it('leaves every other byte where it was, whatever the file looks like', () => {
    fc.assert(
      fc.property(anySettings('mcpServers'), anyHandwriting, (settings, hand) => {
        const before = jsoncText(settings, hand);
        parseJsonc(before);
        const after = jsonc.set(before, ['mcpServers', 'pawl'], ENTRY);
        expect(onlyAdded(before, after)).toBe(true);
        expect(commentsIn(after)).toEqual(commentsIn(before));
        expect(jsonc.read(after)).toEqual({
          ...settings,
          mcpServers: { ...(settings as Record<string, object>)['mcpServers'], pawl: ENTRY },
        });
        expect(/\r\n/.test(after) && /[^\r]\n/.test(after)).toBe(
          /\r\n/.test(before) && /[^\r]\n/.test(before),
        );
      }),
      RUNS,
    );
  });

  it('is taken away again with its comma, and no comment of anybody else', () => {
    fc.assert(
      fc.property(anySettings('mcpServers'), anyHandwriting, (settings, hand) => {
        const before = jsoncText(settings, hand);
        const after = jsonc.remove(jsonc.set(before, ['mcpServers', 'pawl'], ENTRY), [
          'mcpServers',
          'pawl',
        ]);
        expect(commentsIn(after)).toEqual(commentsIn(before));
        expect(jsonc.read(after)).toEqual({ mcpServers: {}, ...settings });
      }),
      RUNS,
    );
  });

  it('any one of its values is changed in place', () => {
    fc.assert(
      fc.property(anySettings('mcpServers'), anyHandwriting, (settings, hand) => {
        const full = { ...settings, mcpServers: { pawl: { ...ENTRY, env: { A: '1' } } } };
        const before = jsoncText(full, hand);
        const after = jsonc.set(before, ['mcpServers', 'pawl', 'command'], 'pawl');
        expect(commentsIn(after)).toEqual(commentsIn(before));
        expect(after.replace('"pawl"', '').length).toBeLessThanOrEqual(before.length);
        expect(jsonc.set(after, ['mcpServers', 'pawl', 'command'], ENTRY.command)).toBe(before);
      }),
      RUNS,
    );
  });

  it('control: writing the whole file anew would lose comments that this keeps', () => {
    const before = '{\n  // mine\n  "a": 1\n}\n';
    const naive = JSON.stringify({ a: 1, mcpServers: { pawl: ENTRY } }, null, 2);
    expect(onlyAdded(before, naive)).toBe(false);
  });
});

describe('an entry put into TOML', () => {
  it('leaves every other byte where it was, whatever the file looks like', () => {
    fc.assert(
      fc.property(anySettings('mcp_servers'), anyHandwriting, (settings, hand) => {
        const before = tomlText(settings, hand);
        parseTomlText(before);
        const after = toml.set(before, ['mcp_servers', 'pawl'], ENTRY);
        expect(onlyAdded(before, after)).toBe(true);
        expect(JSON.parse(JSON.stringify(toml.read(after)))).toEqual({
          ...settings,
          mcp_servers: { ...(settings as Record<string, object>)['mcp_servers'], pawl: ENTRY },
        });
      }),
      RUNS,
    );
  });

  it('is taken away again, with no comment of anybody else', () => {
    fc.assert(
      fc.property(anySettings('mcp_servers'), anyHandwriting, (settings, hand) => {
        const before = tomlText(settings, hand);
        const after = toml.remove(toml.set(before, ['mcp_servers', 'pawl'], ENTRY), [
          'mcp_servers',
          'pawl',
        ]);
        expect(after.replaceAll(/\s/g, '')).toBe(before.replaceAll(/\s/g, ''));
      }),
      RUNS,
    );
  });

  it('any one of its values is changed in place', () => {
    fc.assert(
      fc.property(anySettings('mcp_servers'), anyHandwriting, (settings, hand) => {
        const full = { ...settings, mcp_servers: { pawl: { ...ENTRY, env: { A: '1' } } } };
        const before = tomlText(full, hand);
        const after = toml.set(before, ['mcp_servers', 'pawl', 'command'], 'pawl');
        expect(toml.set(after, ['mcp_servers', 'pawl', 'command'], ENTRY.command)).toBe(before);
        expect(before.split('\n').length).toBe(after.split('\n').length);
      }),
      RUNS,
    );
  });
});
