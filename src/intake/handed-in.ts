import { holdoutError, HoldoutError } from '../errors.ts';
import { FileChangedError } from '../s3/object-store.ts';
import { shownPath, unreachable } from './locate.ts';

/**
 * Reads something that is handed in: `what` it is, and where. Throws HAND_IN_CHANGED if it has vanished or changed since the
 * campaign file was checked, or while it was read. Other errors, such as those of S3, pass.
 */
export async function handedIn<T>(what: string, path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const fault = faultOf(path, error);
    if (fault === undefined) throw error;
    throw holdoutError('HAND_IN_CHANGED', { what, fault }, error);
  }
}

function faultOf(path: string, error: unknown): string | undefined {
  if (error instanceof FileChangedError) return `${shownPath(path)} changes while it is read`;
  if (error instanceof HoldoutError && error.code === 'OBJECT_MISSING') return error.message;
  return isOfFile(error) ? unreachable(error.path, error) : undefined;
}

/** Node names the path in errors of files, and has none in those of connections. */

const isOfFile = (error: unknown): error is Error & { path: string } =>
  error instanceof Error && 'syscall' in error && typeof (error as { path?: unknown }).path === 'string';
