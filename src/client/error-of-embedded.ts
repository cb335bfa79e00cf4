import { ServiceError } from '@temporalio/client';
import { awsCauseOf } from '../cloud-checks/aws-call.ts';
import { statusOf } from '../cloud-checks/rules/aws-error-kind.ts';
import { HoldoutError, holdoutError, messageOf, type ErrorCode } from '../errors.ts';
import { homeFolder, placesOf } from '../local/stack/home/home.ts';
import { bucketOfError } from '../s3/s3-client.ts';
import { fullHome } from './status/trouble/full-home.ts';

/** What a stack does that cannot write. */
const ofFullDisk: ReadonlySet<ErrorCode> = new Set([
  'TEMPORAL_UNREACHABLE',
  'CAMPAIGN_SILENT',
  'CAMPAIGN_STUCK',
  'S3_UNREACHABLE',
  'PART_NOT_UP',
]);

/**
 * The error of the catalogue for one that a server of the embedded stack returned in the middle of a command, or that comes from a full
 * disk of the home; any other error as it is.
 */
export function errorOfEmbedded(error: unknown): unknown {
  const isOfServer =
    error instanceof ServiceError || bucketOfError(error) !== undefined || statusOf(error) !== undefined;
  const mayBeOfDisk = isOfServer || isNoSpace(error) || (error instanceof HoldoutError && ofFullDisk.has(error.code));
  const full = mayBeOfDisk ? fullHome() : undefined;
  if (full) return holdoutError('HOME_DISK_FULL', full, error);
  if (!isOfServer || error instanceof HoldoutError) return error;
  const logs = logsFolder();
  return logs === undefined ? error : holdoutError('EMBEDDED_STACK_FAILS', { cause: causeOf(error), logs }, error);
}

/** Undefined if the home cannot be looked at, which is no reason to lose the error. */
function logsFolder(): string | undefined {
  try {
    return placesOf(homeFolder()).logs;
  } catch {
    return undefined;
  }
}

const isNoSpace = (error: unknown): boolean => (error as NodeJS.ErrnoException | undefined)?.code === 'ENOSPC';

/** Temporal's SDK says "Failed to query Workflow" and keeps the server's words in the cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof ServiceError)) return awsCauseOf(error);
  const { details } = (error.cause ?? {}) as { details?: string };
  return `${messageOf(error)}${details ? `: ${details}` : ''}`;
}
