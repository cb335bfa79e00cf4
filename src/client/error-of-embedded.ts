import { ServiceError } from '@temporalio/client';
import { statusOf } from '../cloud-checks/rules/aws-error-kind.ts';
import { HoldoutError, holdoutError, messageOf } from '../errors.ts';
import { homeFolder, placesOf } from '../local/stack/home/home.ts';
import { bucketOfError } from '../s3/s3-client.ts';
import { fullHome } from './status/trouble/full-home.ts';

/**
 * The error of the catalogue for one that a server of the embedded stack returned in the middle of a command. While the disk of the
 * home is full, every fault of the platform comes from that.
 */
export function errorOfEmbedded(error: unknown): unknown {
  if (error instanceof HoldoutError && error.source === 'user') return error;
  const isOfServer =
    error instanceof ServiceError || bucketOfError(error) !== undefined || statusOf(error) !== undefined;
  if (!isOfServer && !(error instanceof HoldoutError) && !isNoSpace(error)) return error;
  const full = fullHome();
  if (full) return holdoutError('HOME_DISK_FULL', full, error);
  if (!isOfServer) return error;
  const { cause: given } = error as { cause?: unknown };
  const { details } = (given ?? {}) as { details?: string };
  const cause = `${messageOf(error)}${details ? `: ${details}` : ''}`;
  return holdoutError('EMBEDDED_STACK_FAILS', { cause, logs: placesOf(homeFolder()).logs }, error);
}

const isNoSpace = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC';
