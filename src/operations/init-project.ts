import { operation, type ProjectContext } from './operation.ts';

export interface InitProject {
  /** The text of the example of a configuration file. */
  readonly configExample: string;
}

export interface InitializedProject {
  readonly root: string;
  readonly stateDir: string;
  /** Files that were not there before. */
  readonly made: readonly string[];
}

/** Put into a project's state folder what it is to hold from the start. Changes no file. */
export async function initProject(
  ctx: ProjectContext,
  { configExample }: InitProject,
): Promise<InitializedProject> {
  return await operation(ctx, { operation: 'init-project' }, async () => {
    const { files } = ctx.world;
    const { root, stateDir } = ctx;
    await files.makeDirectory(stateDir);
    const wanted: readonly (readonly [string, string])[] = [
      ['.gitignore', '*\n'],
      ['config.example.json', configExample],
    ];
    const made: string[] = [];
    for (const [name, content] of wanted) {
      const path = `${stateDir}/${name}`;
      if ((await files.facts(path)) !== null) continue;
      await files.createExclusive(path, content);
      made.push(path);
    }
    return { root, stateDir, made };
  });
}
