import { quoted } from '../safe-text.ts';
import { refuse } from './refusal.ts';

const maxNameLength = 512;

/** The name of an archive entry without `./` and closing slash; throws a Refusal for one that could lead elsewhere. */
export function checkEntryName(written: string): string {
  if (written.length > maxNameLength) refuse(`the archive has a name longer than ${maxNameLength}: ${quoted(written)}`);
  if (written.startsWith('/')) refuse(`the archive has an absolute name: ${quoted(written)}`);
  // U+FFFD: what was there is not UTF-8, so another reader may see another name.
  if (/[\p{Cc}\uFFFD]/u.test(written)) refuse(`the archive has a name with unprintable characters: ${quoted(written)}`);
  const parts = written.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) refuse(`the archive has a name that leads out of it: ${quoted(written)}`);
  return parts.join('/');
}
