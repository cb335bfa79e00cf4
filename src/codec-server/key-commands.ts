import { existsSync } from 'node:fs';
import { newKeyFile, readKeyFile, withNewKey, writeKeyFile } from '../codec/key-file.ts';
import { holdoutError } from '../errors.ts';

/** Changes a key file; returns the line to print. Throws USAGE, CODEC_KEYS_UNREADABLE. */
export function keyCommand(name: string, file: string | undefined, id: string | undefined): string {
  if (file === undefined) throw holdoutError('USAGE', { message: `${name} needs the path of a key file.` });
  if (name === 'new-key') {
    if (existsSync(file)) throw holdoutError('USAGE', { message: `${file} exists; add-key adds a key to it.` });
    const made = newKeyFile();
    writeKeyFile(file, made, { fresh: true });
    return `${file} has the key ${made.current}; keep a copy: without it nobody can read the campaigns in Temporal.`;
  }
  const known = readKeyFile(file);
  if (name === 'add-key') {
    const { file: extended, id: added } = withNewKey(known);
    writeKeyFile(file, extended);
    return `${file} has one more key, ${added}. Copy the file to every worker and client, then: npm run codec -- use-key ${file} ${added}`;
  }
  if (id === undefined || !known.keys.has(id))
    throw holdoutError('USAGE', { message: `use-key needs one of the keys ${[...known.keys.keys()].join(', ')}.` });
  writeKeyFile(file, { ...known, current: id });
  return `${file} seals with ${id} from now on; restart the workers. The other keys stay, to read what they sealed.`;
}
