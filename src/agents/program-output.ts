import type { Files } from '../world/files.ts';
import { attemptPaths, readKeptOutput } from './attempt-folder.ts';
import type { OutputChunk } from './runner.ts';

/**
 * The output of an attempt from `offset` on, at most `bytesMax` of it, for a reader who comes back
 * with `next` until `last`. What was dropped in the middle is one line that says so. Of a program
 * whose attendant died there is no record, hence no `last`: ask the attempt.
 */
export async function readOutput(
  files: Files,
  folder: string,
  { offset, bytesMax }: { readonly offset: number; readonly bytesMax: number },
): Promise<OutputChunk> {
  const kept = await readKeptOutput(files, folder);
  const paths = attemptPaths(folder);
  const chunk = (bytes: Uint8Array, total: number): OutputChunk => {
    const next = offset + bytes.length;
    return { bytes, next, last: kept.ended && next >= total };
  };
  if (offset < kept.headBytes) {
    const length = Math.min(bytesMax, kept.headBytes - offset);
    const bytes = await files.readRange(paths.output, offset, length);
    return chunk(bytes, kept.headBytes + kept.tailBytes);
  }
  if (kept.tailBytes === 0) return chunk(new Uint8Array(), kept.headBytes);
  const tail = await files.readRange(paths.outputTail, kept.tailFrom, kept.tailBytes);
  const rest = kept.truncated ? joined(new TextEncoder().encode(DROPPED_LINE), tail) : tail;
  const from = offset - kept.headBytes;
  return chunk(rest.subarray(from, from + bytesMax), kept.headBytes + rest.length);
}

export const DROPPED_LINE = '\n[pawl: more output than is kept; the middle was dropped]\n';

/** The last `bytes` of the output that are on disk, as text; a character cut in two is left out. */
export async function readOutputTail(files: Files, folder: string, bytes: number): Promise<string> {
  const kept = await readKeptOutput(files, folder);
  const paths = attemptPaths(folder);
  const fromTail = Math.min(bytes, kept.tailBytes);
  // Behind a gap the head's end is not what came last.
  const fromHead = kept.truncated ? 0 : Math.min(bytes - fromTail, kept.headBytes);
  const head =
    fromHead === 0
      ? new Uint8Array()
      : await files.readRange(paths.output, kept.headBytes - fromHead, fromHead);
  const tail =
    fromTail === 0
      ? new Uint8Array()
      : await files.readRange(
          paths.outputTail,
          kept.tailFrom + kept.tailBytes - fromTail,
          fromTail,
        );
  const all = joined(head, tail);
  const start = all.findIndex((byte) => (byte & 0b1100_0000) !== 0b1000_0000);
  return new TextDecoder().decode(start > 0 && start <= 3 ? all.subarray(start) : all);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
