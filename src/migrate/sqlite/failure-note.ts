import type { PawlError } from '../../domain/errors.ts';
import type { World } from '../../world/world.ts';
import type { Plan } from '../plan-model.ts';
import type { MigrationPlace } from './migration-options.ts';

/** Why the last migration failed, kept beside a database that has no place for it yet. */
export interface FailureNote {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly code: string;
  readonly message: string;
}

const noteOf = (path: string): string => `${path}.migration-failed.json`;

export async function writeFailureNote(
  world: World,
  path: string,
  { plan, error }: { readonly plan: Plan; readonly error: PawlError },
): Promise<void> {
  const { code, message } = error;
  const note = { atMs: world.clock.now(), from: plan.from, to: plan.to, code, message };
  await world.files.replace(noteOf(path), `${JSON.stringify(note satisfies FailureNote)}\n`);
}

/** Null when there is none, and when it cannot be understood: it is only ever an explanation. */
export async function readFailureNote({ files }: World, path: string): Promise<FailureNote | null> {
  if ((await files.facts(noteOf(path))) === null) return null;
  try {
    return JSON.parse(new TextDecoder().decode(await files.read(noteOf(path)))) as FailureNote;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}

/** After a change that was made; a note that stays explains a plan that nobody has any more. */
export async function removeFailureNote({ world, path }: MigrationPlace): Promise<void> {
  const { files } = world;
  try {
    if ((await files.facts(noteOf(path))) !== null) await files.remove(noteOf(path));
  } catch {
    return;
  }
}
