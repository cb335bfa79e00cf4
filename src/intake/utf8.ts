import { isUtf8 } from 'node:buffer';

/** The message for a line that is not UTF-8. */
export const notUtf8 = 'is not UTF-8: save the file as UTF-8';

/** The first line (from 1) that is not UTF-8; undefined if all are. */
export function lineNotUtf8(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = bytes.indexOf('\n', start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
}
