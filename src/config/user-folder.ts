/**
 * Where a user keeps what is theirs of Pawl over all projects, by the XDG Base Directory
 * Specification: `$XDG_CONFIG_HOME/pawl`, where that is an absolute path, else `~/.config/pawl`.
 */
export function userFolder(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const base = env['XDG_CONFIG_HOME'] ?? '';
  return base.startsWith('/') ? `${base.replace(/\/+$/, '')}/pawl` : `${home}/.config/pawl`;
}
