import { refuse } from '../refusal.ts';

/** What of an extended header changes how an archive reads; everything else in it is about files on a disk. */
export interface PaxRecords {
  path?: string;
  linkpath?: string;
  size?: string;
}

const read = new Set(['path', 'linkpath', 'size']);
/** Keys by which some readers, and not others, give an entry another name, size or type. */
const disputed = /^GNU\.|^SCHILY\.(?:realsize|filetype|tarfiletype|volhdr|offset)$|^SUN\.holesdata$/;

/** Reads the records `<length> <key>=<value>\n` of an extended header. Throws a Refusal. */
export function parsePax(content: Buffer, entry: string): PaxRecords {
  const records: PaxRecords = {};
  for (let at = 0; at < content.length;) {
    const length = Number(/^\d{1,7}(?= )/.exec(content.toString('latin1', at, at + 8))?.[0]);
    const record = content.subarray(at, at + length);
    const [key, value] = [record.indexOf(' ') + 1, record.indexOf('=') + 1];
    if (!(record.length === length && record.at(-1) === 10 && value > key)) refuse(`${entry} has a damaged header`);
    const name = record.toString('utf8', key, value - 1);
    if (disputed.test(name)) refuse(`${entry} has a header that readers of archives understand in different ways`);
    if (read.has(name)) records[name as keyof PaxRecords] = record.toString('utf8', value, length - 1);
    at += length;
  }
  return records;
}
