import type { BuiltInTemplate, LibraryGroup } from './built-in.ts';
import { DEVELOPMENT } from './development.ts';
import { EXAMPLES } from './examples.ts';
import { TRADES } from './trades.ts';

const ALL: readonly BuiltInTemplate[] = [...DEVELOPMENT, ...TRADES, ...EXAMPLES];

const BY_ID: ReadonlyMap<string, BuiltInTemplate> = new Map(ALL.map((one) => [one.id, one]));

/** Ids of the templates that come with Pawl; those of a group, or all. */
export function builtInIds(group: LibraryGroup | null = null): readonly string[] {
  return ALL.filter((one) => group === null || one.group === group).map(({ id }) => id);
}

/** The text of a template that comes with Pawl, as a file would hold it; null: there is none. */
export function builtInText(id: string): string | null {
  const found = BY_ID.get(id);
  if (found === undefined) return null;
  const { group, metadata, parameters, tasks } = found;
  const told = { ...metadata, version: '1.0.0', author: 'Pawl', category: group };
  return `${JSON.stringify({ metadata: told, parameters, tasks }, null, 2)}\n`;
}
