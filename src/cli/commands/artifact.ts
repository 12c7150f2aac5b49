import { PawlError } from '../../domain/errors.ts';
import { type ReadRange, readArtifact } from '../../operations/read-artifact.ts';
import { resolveArtifact } from '../../operations/resolve-artifact.ts';
import { answer } from '../answer.ts';
import { inProject } from '../in-project.ts';
import type { Invocation } from '../invocation.ts';
import { artifactFacts } from '../render/artifact-lines.ts';
import { envelope } from '../render/envelope.ts';
import { countOf } from './artifacts.ts';

export interface ArtifactOptions {
  readonly output?: string;
  readonly offset?: string;
  readonly length?: string;
  readonly info?: boolean;
  readonly verify?: boolean;
}

/** With `--json` the content is in the answer, so it is bounded. */
const JSON_BYTES_MAX = 1024 * 1024;

/** `pawl artifact ID`: its content as it is, on standard output or into a new file. */
export async function artifactCommand(
  invocation: Invocation,
  ref: string,
  options: ArtifactOptions & { readonly file: string | null },
): Promise<number> {
  const { terminal, json, listPath } = invocation;
  const offset = options.offset === undefined ? 0 : countOf('--offset', options.offset);
  const length = options.length === undefined ? null : countOf('--length', options.length);
  return await inProject(invocation, { listPath }, async (workspace) => {
    const artifact = await resolveArtifact(workspace, ref);
    const { artifactId } = artifact;
    if (options.info === true) {
      answer(invocation, 'artifact', { artifact }, () => artifactFacts(artifact));
      return 0;
    }
    const verify = options.verify ?? false;
    if (json && options.file === null) {
      const bytesMax = Math.min(length ?? JSON_BYTES_MAX, JSON_BYTES_MAX);
      const read = await readArtifact(workspace, { artifactId, offset, bytesMax, verify });
      terminal.out(envelope('artifact', contentOf(read)));
      return 0;
    }
    const { files } = workspace.world;
    if (options.file !== null) await newFile(files, options.file);
    let left = length ?? artifact.bytes;
    for (let at: number | null = offset; at !== null; ) {
      const first: boolean = at === offset;
      const range = { artifactId, offset: at, bytesMax: left, verify: verify && first };
      const read: ReadRange = await readArtifact(workspace, range);
      if (options.file === null) terminal.write(read.bytes);
      else await files.append(options.file, read.bytes);
      left -= read.bytes.length;
      at = left > 0 ? read.nextOffset : null;
    }
    if (options.file !== null) {
      const written = { artifact, file: options.file };
      answer(invocation, 'artifact', written, () => [`${artifact.name} -> ${options.file}`]);
    }
    return 0;
  });
}

/** Text where it is text, else base64. */
function contentOf({ artifact, offset, bytes, nextOffset }: ReadRange): unknown {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const isText = Buffer.from(text).equals(bytes);
  const content = isText ? { text } : { base64: Buffer.from(bytes).toString('base64') };
  return { artifact, offset, nextOffset, ...content };
}

async function newFile(
  files: { createExclusive(path: string, content: string): Promise<void> },
  path: string,
): Promise<void> {
  try {
    await files.createExclusive(path, '');
  } catch (cause) {
    const isThere = (cause as { readonly code?: unknown }).code === 'EEXIST';
    const message = isThere ? `${path} is there already` : `${path} cannot be written`;
    throw new PawlError('output_unwritable', message, { cause });
  }
}
