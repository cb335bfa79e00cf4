import { isRefused } from './refused-call.ts';
import { isThrottled } from './throttling.ts';

/** What Node attaches to an error of a system call. */
interface SystemError {
  syscall?: string;
}

/** System calls that come before the first byte of a request. */
const beforeSending = ['connect', 'getaddrinfo'];

/**
 * Whether the error of a call proves that Batch did not carry it out: it was throttled or refused, or there was no connection.
 * Not proven by a server error, a connection that broke, or no answer in time, also during a TLS handshake.
 */
export const isNotAccepted = (error: unknown): boolean =>
  isThrottled(error) || isRefused(error) || hadNoConnection(error);

/** Node tries every address of a host name, and collects the errors. */
function hadNoConnection(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(hadNoConnection);
  return error instanceof Error && beforeSending.includes((error as SystemError).syscall ?? '');
}
