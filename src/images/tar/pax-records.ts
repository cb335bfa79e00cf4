const equals = 0x3d;
const space = 0x20;
const newline = 0x0a;

/** The records `<length> <key>=<value>\n` of an extended (PAX) header. `damaged` throws for anything else. */
export function* paxRecords(bytes: Buffer, damaged: () => never): Generator<{ key: string; value: Buffer }> {
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(space, at);
    const digits = blank === -1 ? '' : bytes.toString('latin1', at, blank);
    const end = at + Number(digits);
    const isSound = /^[1-9]\d{0,7}$/.test(digits) && end <= bytes.length && bytes[end - 1] === newline;
    const sign = bytes.indexOf(equals, blank);
    if (!isSound || sign <= blank + 1 || sign >= end) damaged();
    const key = bytes.toString('latin1', blank + 1, sign);
    if (key.includes('\0')) damaged();
    yield { key, value: bytes.subarray(sign + 1, end - 1) };
    at = end;
  }
}
