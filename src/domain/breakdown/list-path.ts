/** What the path of a breakdown's list begins with: it has no file. */
const PREFIX = 'breakdown:';

/** The path by which the list of a breakdown is known. */
export function breakdownPath(parentTaskId: string): string {
  return `${PREFIX}${parentTaskId}`;
}

/** The parent task of the list with this path; null when it is a list with a file. */
export function parentOfList(path: string): string | null {
  return path.startsWith(PREFIX) ? path.slice(PREFIX.length) : null;
}
