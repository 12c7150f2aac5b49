import { CONFIG_KEYS, SETTINGS } from './settings.ts';

/** The text of an example file: every setting a project may want to fix, at its default. */
export function configExample(): string {
  const shown = CONFIG_KEYS.filter((key) => !['autoStart', 'dryRun', 'watch'].includes(key));
  const values = shown.map((key) => [key, SETTINGS[key].standard]);
  return `${JSON.stringify(Object.fromEntries(values), null, 2)}\n`;
}
