import { isUtf8 } from 'node:buffer';

/** What is wrong with such a line, and what mends it. */
export const notUtf8 = 'is not UTF-8: save the file as UTF-8';

/** The first line (from 1) of a text file that is not UTF-8; undefined when all of it is. Pure. */
export function lineNotUtf8(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf('\n', start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
