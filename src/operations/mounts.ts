import type { Files } from '../world/files.ts';

export interface Mount {
  /** Such as `ext4`; `unknown` where the system does not tell. */
  readonly type: string;
  /** Locks and shared memory may not work across machines there. */
  readonly network: boolean;
}

const TABLE = '/proc/self/mountinfo';

/** What kind of file system `path` (absolute, without links) is on. */
export async function mountOf(files: Pick<Files, 'read' | 'facts'>, path: string): Promise<Mount> {
  if ((await files.facts(TABLE)) === null) return { type: 'unknown', network: false };
  const table = new TextDecoder().decode(await files.read(TABLE));
  let best = { point: '', type: 'unknown' };
  for (const line of table.split('\n')) {
    const mount = mountIn(line);
    if (mount === null || !isBelow(path, mount.point)) continue;
    // A later mount on the same point hides the earlier one.
    if (mount.point.length >= best.point.length) best = mount;
  }
  return { type: best.type, network: NETWORK.test(best.type) };
}

const NETWORK = new RegExp(
  '^(?:nfs4?|cifs|smb3?|smbfs|afs|9p|ncpfs|ceph|glusterfs|lustre|' +
    'fuse\\..*(?:sshfs|rclone|s3fs|gcsfuse|glusterfs|ceph).*)$',
);

/** `proc_pid_mountinfo(5)`: the mount point is field 5, the type follows the lone `-`. */
function mountIn(line: string): { readonly point: string; readonly type: string } | null {
  const [left, right] = line.split(' - ');
  const point = left?.split(' ')[4];
  const type = right?.split(' ')[0];
  if (point === undefined || type === undefined) return null;
  return { point: point.replace(/\\(\d{3})/g, octal), type };
}

function octal(_match: string, digits: string): string {
  return String.fromCharCode(Number.parseInt(digits, 8));
}

function isBelow(path: string, point: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`);
}
