import type { Launch } from './launch.ts';
import { isRecord } from './settings-path.ts';

/** How a client writes the start of a server. */
export interface EntryShape {
  /** A whole new entry. */
  entry(launch: Launch): Readonly<Record<string, unknown>>;
  /** What an entry starts; null where it starts nothing here (a server that is elsewhere). */
  launch(entry: unknown): Launch | null;
  /** What to change in an entry that is there, so that it starts this and keeps all else. */
  changes(
    entry: Readonly<Record<string, unknown>>,
    launch: Launch,
  ): readonly (readonly [path: readonly [string, ...string[]], value: unknown])[];
}

/** `command` and `args`, with words that a client wants besides. */
export function commandShape(
  before: Readonly<Record<string, unknown>> = {},
  behind: Readonly<Record<string, unknown>> = {},
): EntryShape {
  return {
    entry: ({ command, args }) => ({ ...before, command, args: [...args], ...behind }),
    launch: (entry) => launchOf(entry) ?? launchOf(isRecord(entry) ? entry['transport'] : null),
    changes: (entry, { command, args }) => {
      // One client of the table may keep them one level deeper.
      const within = launchOf(entry) === null && isRecord(entry['transport']) ? ['transport'] : [];
      const at = (key: string): readonly [string, ...string[]] =>
        [...within, key] as unknown as readonly [string, ...string[]];
      return [
        [at('command'), command],
        [at('args'), [...args]],
      ];
    },
  };
}

/** The program and its arguments as one list. */
export const listShape: EntryShape = {
  entry: ({ command, args }) => ({ type: 'local', command: [command, ...args], enabled: true }),
  launch: (entry) => {
    const words = isRecord(entry) ? entry['command'] : null;
    if (!isTexts(words)) return null;
    const [command, ...args] = words;
    return command === undefined ? null : { command, args };
  },
  changes: (_entry, { command, args }) => [[['command'], [command, ...args]]],
};

function launchOf(entry: unknown): Launch | null {
  if (!isRecord(entry)) return null;
  const { command, args = [] } = entry;
  return typeof command === 'string' && isTexts(args) ? { command, args } : null;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
