import { PawlError } from '../domain/errors.ts';

const VARIABLE = 'PAWL_HOST';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

/**
 * What this host is called in a store that several share, where its own name will not do; null:
 * its own name.
 *
 * @throws PawlError `config_invalid`.
 */
export function givenHostName(env: Readonly<Record<string, string | undefined>>): string | null {
  const said = env[VARIABLE] ?? '';
  if (said === '') return null;
  if (NAME.test(said)) return said;
  const message = 'must be a name of letters, digits, dots and dashes';
  throw new PawlError('config_invalid', `${VARIABLE} ${message}`, {
    details: { faults: [{ source: VARIABLE, message }] },
  });
}
