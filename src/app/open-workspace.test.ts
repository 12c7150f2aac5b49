import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWorkspace } from './open-workspace.ts';

describe('a workspace', () => {
  let folder: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'pawl-open-')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The files of the folder that this process has open, by name; null where there is no /proc. */
  function openFiles(): readonly string[] | null {
    if (!existsSync('/proc/self/fd')) return null;
    const paths = readdirSync('/proc/self/fd').flatMap((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return []; // closed meanwhile, such as the one that read the folder
      }
    });
    return paths.filter((path) => path.startsWith(folder));
  }

  const open = () =>
    openWorkspace({ dir: folder, create: true, warn: (message) => expect(message).toBe('') });

  describe('opening a project again', () => {
    it('is safe, and changes nothing in its database', async () => {
      await (await open()).close();
      const database = (): Buffer => readFileSync(join(folder, '.pawl', 'pawl.db'));
      const before = database();
      const again = await open();
      expect(await again.store.audit()).toEqual([]);
      await again.close();
      expect(database().equals(before)).toBe(true);
    });
  });

  describe('the connections of a workspace', () => {
    it('are few, stay the same whatever is asked, and are gone when it is closed', async () => {
      const workspace = await open();
      const { store } = workspace;
      const ask = (): Promise<unknown> =>
        Promise.all([
          ...Array.from({ length: 50 }, () => store.lists()),
          ...Array.from({ length: 50 }, (_, at) =>
            store.acquireLock({ name: `l${at}`, holderId: 'h', ttlMs: 1_000 }),
          ),
        ]);
      await ask();
      const databases = openFiles()?.filter((path) => path.endsWith('.db'));
      await ask();
      expect(openFiles()?.filter((path) => path.endsWith('.db'))).toEqual(databases);
      expect(databases?.length ?? 2).toBeLessThanOrEqual(3);
      await workspace.close();
      await workspace.close();
      expect(openFiles() ?? []).toEqual([]);
      expect(readdirSync(join(folder, '.pawl')).toSorted()).toEqual(['.gitignore', 'pawl.db']);
    });
  });
});
