import { type ErrorCode, isPawlError, PawlError } from '../../domain/errors.ts';

/** SQLSTATEs (https://www.postgresql.org/docs/current/errcodes-appendix.html) and classes. */
const STATES: Readonly<Record<string, ErrorCode>> = {
  '22012': 'store_busy', // division_by_zero: a change that had to change a row (`orFail`)
  '40001': 'store_busy', // serialization_failure
  '40P01': 'store_busy', // deadlock_detected
  '55P03': 'store_busy', // lock_not_available
  '57014': 'store_busy', // query_canceled, here by statement_timeout
  '0A000': 'store_unreachable', // the schema changed under a prepared statement: a new connection
  '26000': 'store_unreachable', // a pooler gave another session, which never prepared it
  '42P05': 'store_unreachable', // the same the other way round
  '25006': 'store_readonly', // read_only_sql_transaction: a standby
  '25P03': 'store_unreachable', // idle_in_transaction_session_timeout
  '42501': 'store_refused', // insufficient_privilege
  '42P01': 'store_corrupt', // undefined_table
  '42703': 'store_corrupt', // undefined_column
  '53100': 'store_full', // disk_full
  '53200': 'store_unreachable', // out_of_memory
  '53300': 'store_unreachable', // too_many_connections
  '57P01': 'store_unreachable', // admin_shutdown
  '57P02': 'store_unreachable', // crash_shutdown
  '57P03': 'store_unreachable', // cannot_connect_now
  '58030': 'store_io', // io_error
  XX001: 'store_corrupt', // data_corrupted
  XX002: 'store_corrupt', // index_corrupted
};
const CLASSES: Readonly<Record<string, ErrorCode>> = {
  '08': 'store_unreachable',
  '23': 'constraint',
  '28': 'store_refused',
  '3D': 'store_refused',
  '57': 'store_unreachable',
};

/** A system's code for what the network did. */
const NETWORK = /^E[A-Z_]+$/;
/** What the client library says when a connection broke, or could not be had in time. */
const BROKEN = new RegExp(
  [
    ...['^Connection terminated', '^Client has encountered', '^Client was closed'],
    ...['^Query read timeout', '^timeout exceeded', '^timeout expired', '^Server closed'],
  ].join('|'),
  'i',
);

/** What the database or the way to it said, as one of our errors; anything unknown is a bug. */
export function storeFault(cause: unknown, statement?: string): PawlError {
  if (isPawlError(cause)) return cause;
  const message = messageOf(cause);
  const state = stateOf(cause);
  const details = {
    ...(state === null ? {} : { sqlState: state }),
    ...(statement === undefined ? {} : { statement }),
  };
  const code = state === null ? codeOfBroken(cause, message) : codeOfState(state);
  const said = code === 'store_unreachable' && state === null ? 'did not answer' : 'answered';
  return new PawlError(code, `the database ${said}: ${message}`, { details, cause });
}

/** Worth another try, within limits. A constraint, say, would only be violated again. */
export function isTransient({ code }: PawlError): boolean {
  return code === 'store_busy' || code === 'store_unreachable';
}

function codeOfState(state: string): ErrorCode {
  return STATES[state] ?? CLASSES[state.slice(0, 2)] ?? 'bug';
}

/** What the library says of a server that does not speak TLS, and the system of certificates. */
const UNTRUSTED = /does not support SSL|certificate|SSL (error|negotiation)|SSL routines/i;
/** https://nodejs.org/api/tls.html#x509-certificate-error-codes, and the name that does not fit. */
const UNTRUSTED_CODE = /CERT|^UNABLE_TO_|^CRL_|^ERR_(SSL|TLS)_|^HOSTNAME_MISMATCH$/;

function codeOfBroken(cause: unknown, message: string): ErrorCode {
  const code = propertyOf(cause, 'code');
  if (UNTRUSTED_CODE.test(code ?? '') || UNTRUSTED.test(message)) return 'store_untrusted';
  // The server asks for one, and none was said.
  if (/client password must be a/.test(message)) return 'store_refused';
  // A file that the address names, such as that of a certificate.
  if (propertyOf(cause, 'syscall') === 'open') return 'store_untrusted';
  return NETWORK.test(code ?? '') || BROKEN.test(message) ? 'store_unreachable' : 'bug';
}

/** Five letters and digits that the server sends; a system's error has a code of another form. */
function stateOf(cause: unknown): string | null {
  const code = propertyOf(cause, 'code');
  return code !== null && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : null;
}

/** Of several addresses none answered: then the message is empty and its parts say why. */
function messageOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') {
    return cause.errors.map((one) => messageOf(one)).join('; ');
  }
  return cause instanceof Error ? cause.message : String(cause);
}

function propertyOf(cause: unknown, name: 'code' | 'syscall'): string | null {
  if (typeof cause !== 'object' || cause === null || !(name in cause)) return null;
  const value = (cause as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : null;
}
