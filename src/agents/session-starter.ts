import type { Files } from '../world/files.ts';
import { findProgram } from './program-lookup.ts';

/**
 * The argument vector to put before a program so that it leads a session, and so a process group,
 * of its own: `setsid` where there is one, else `perl`, which every Mac has. A shell cannot do it
 * by itself: dash refuses `set -m` without a terminal. Null when there is neither.
 */
export async function findSessionStarter(
  files: Files,
  folder: string,
  surroundings: { readonly path: string; readonly cwd: string },
): Promise<readonly string[] | null> {
  const path = `${TOOL_PATH}:${surroundings.path}`;
  const setsid = await findProgram(files, 'setsid', { path, cwd: surroundings.cwd });
  if (setsid !== null) return [setsid, '--'];
  const perl = await findProgram(files, 'perl', { path, cwd: surroundings.cwd });
  return perl === null ? null : perlStarter(perl, folder);
}

const TOOL_PATH = '/usr/bin:/bin:/usr/local/bin';

/** Where there is no /proc to read it from, it is also the one that knows the program's pid. */
export function perlStarter(perl: string, folder: string): readonly string[] {
  return [perl, '-e', PERL_SCRIPT, `${folder}/agent`];
}

const PERL_SCRIPT = `
use POSIX;
my $note = shift;
unless (-s $note) {
  open(my $file, '>', $note) or exit 3;
  print $file "$$\\n";
  close $file or exit 3;
}
POSIX::setsid();
exec { $ARGV[0] } @ARGV or exit 127;
`;
