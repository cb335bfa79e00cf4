import { access, constants, readFile, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { messageOf } from '../errors.ts';
import type { LocalPath, S3Location } from './checked-campaign.ts';

/** A path for display: relative to the current folder if that is shorter. */
export function shownPath(path: string): string {
  const short = relative('.', path);
  return short.startsWith('..') || isAbsolute(short) ? path : short;
}

/** Resolves a path relative to `folder`, or `s3://bucket/key`; undefined for an S3 address without bucket or key. */
export function locate(written: string, folder: string): LocalPath | S3Location | undefined {
  if (!written.startsWith('s3://')) return { kind: 'local', path: resolve(folder, written) };
  const [, bucket, key] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/.exec(written) ?? [];
  return bucket === undefined || key === undefined ? undefined : { kind: 's3', bucket, key };
}

/** Why a path is not a readable file; undefined if it is. */
export async function faultOfFile(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    if (!found.isFile())
      return `${shownPath(path)} is ${found.isDirectory() ? 'a folder' : 'not a regular file'}, must be a file`;
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return unreachable(path, error);
  }
}

/** The bytes of a file, or why it cannot be read: it may also vanish, or its disk fail, once it was found. */
export async function contentOrFault(path: string): Promise<Buffer | { fault: string }> {
  const fault = await faultOfFile(path);
  if (fault !== undefined) return { fault };
  return readFile(path).catch((error: unknown) => ({ fault: unreachable(path, error) }));
}

/** Explains why a path cannot be read. */
export function unreachable(path: string, error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `${shownPath(path)} does not exist`;
  if (code === 'ENOTDIR') return `${shownPath(path)} is not a folder`;
  return `${shownPath(path)} cannot be read: ${messageOf(error)}`;
}
