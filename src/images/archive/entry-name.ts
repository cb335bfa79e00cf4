import { refuse } from '../refusal.ts';

const maxNameLength = 512;

/**
 * The name of an archive entry without `./` and trailing slash, '' for the archive's root. Throws a Refusal for a name that
 * could point outside the archive; the refusal identifies the entry by `place`.
 */
export function checkEntryName(written: string, place: string): string {
  if (written.length > maxNameLength) refuse(`${place} has a name longer than ${maxNameLength} characters`);
  if (written.startsWith('/')) refuse(`${place} has an absolute name`);
  // U+FFFD: the name is not UTF-8, so another reader may see another name.
  if (/[\p{Cc}\uFFFD]/u.test(written)) refuse(`${place} has a name with unprintable characters`);
  const parts = written.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) refuse(`${place} has a name that points outside the archive`);
  return parts.join('/');
}
