import { quoted } from '../../store/sqlite/identifier.ts';
import type { Engine } from '../dialect.ts';
import { alter, type Powers } from './alter.ts';
import { indexGates } from './gates.ts';
import { engineVersion, pristine, rehearse } from './scratch.ts';
import { fold, mentions, tokensOf } from './tokens.ts';

/**
 * SQLite. `version` is the engine's own: an older one is named to plan as that release would have
 * to, which the newer engine runs just as well.
 */
export function sqliteDialect(version = engineVersion()): Engine {
  const powers: Powers = {
    constraints: isAtLeast(version, [3, 53]),
    dropColumn: isAtLeast(version, [3, 35]),
  };
  return {
    fold,
    mentions: (sql, name) => mentions(tokensOf(sql), name),
    pristine,
    rehearse,
    tracksDependencies: false,
    rename: (rename) =>
      rename.kind === 'table'
        ? `ALTER TABLE ${quoted(rename.from)} RENAME TO ${quoted(rename.to)}`
        : `ALTER TABLE ${quoted(rename.table)} RENAME COLUMN ${quoted(rename.from)} ` +
          `TO ${quoted(rename.to)}`,
    drop: (kind, name) => `DROP ${kind.toUpperCase()} ${quoted(name)}`,
    dropTrigger: ({ name }) => `DROP TRIGGER ${quoted(name)}`,
    alter: (change, scene) => alter(change, scene, powers),
    indexGates,
  };
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ours = 0, theirs = 0] = version.split('.').map(Number);
  return ours > major || (ours === major && theirs >= minor);
}
