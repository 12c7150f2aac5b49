import { LIST_BYTES_MAX } from '../listfile/grammar/parse-list.ts';
import { decodeText } from '../listfile/grammar/source-text.ts';
import { createRealWorld } from '../world/real-world.ts';

/**
 * The text of a list file, to show the lines that findings are about; null when it cannot be had:
 * then they are told without.
 */
export async function readListSource(path: string): Promise<string | null> {
  const { files } = createRealWorld();
  try {
    const facts = await files.facts(path);
    if (facts?.kind !== 'file' || facts.size > LIST_BYTES_MAX) return null;
    return decodeText(await files.read(path)).text;
  } catch {
    return null; // it went away after it was read; its findings are known all the same
  }
}
