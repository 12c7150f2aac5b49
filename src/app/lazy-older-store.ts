import { tmpdir } from 'node:os';
import { OLDER_FOLDER } from '../importing/older/older-folder.ts';
import { NOTHING_OLDER, type OlderStore } from '../operations/older-store.ts';
import type { ProjectContext } from '../operations/operation.ts';
import type { World } from '../world/world.ts';

export interface LazyOlderStore extends OlderStore {
  /** Remove what it made outside of the project. */
  close(): Promise<void>;
}

export async function hasOlderStore({ files }: World, root: string): Promise<boolean> {
  return (await files.facts(`${root}/${OLDER_FOLDER}`))?.kind === 'directory';
}

/**
 * The older store of a project. What reads it is read itself only where there is one; as long as
 * the project's own is not begun, nothing is written into the project.
 */
export function lazyOlderStore(
  project: () => ProjectContext,
  own: { readonly isBegun: boolean; begin(): Promise<void> },
): LazyOlderStore {
  let elsewhere: string | null = null;
  let known: Promise<OlderStore> | null = null;
  const places = () => {
    const { world, stateDir } = project();
    if (own.isBegun) {
      const scratchDir = `${stateDir}/importing`;
      return { scratchDir, keptPath: `${scratchDir}/older-reading.json` };
    }
    elsewhere ??= `${tmpdir()}/pawl-importing-${world.ids.uuid()}`;
    return { scratchDir: elsewhere, keptPath: null };
  };
  const older = async (): Promise<OlderStore | null> => {
    const { world, root } = project();
    if (!(await hasOlderStore(world, root))) return null;
    known ??= import('../operations/older-tasks.ts').then(({ readOlderTasks }) =>
      readOlderTasks(project(), { places, begin: () => own.begin() }),
    );
    return await known;
  };
  return {
    look: async (why) => (await (await older())?.look(why)) ?? NOTHING_OLDER,
    takeOver: async (id) => (await (await older())?.takeOver(id)) ?? false,
    close: async () => {
      if (elsewhere !== null) await project().world.files.removeTree(elsewhere);
    },
  };
}
