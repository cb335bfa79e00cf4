const maxBlock = 2 ** 17;

/** A zstd frame (RFC 8878) with uncompressed content: Node 20 has no compressor. */
export function zstdOf(content: Buffer): Buffer {
  const header = Buffer.from('28b52ffda000000000', 'hex');
  header.writeUInt32LE(content.length, 5);
  const parts: Buffer[] = [header];
  for (let at = 0; at === 0 || at < content.length; at += maxBlock) {
    const block = content.subarray(at, at + maxBlock);
    const isLast = at + maxBlock >= content.length;
    const blockHeader = Buffer.alloc(3);
    blockHeader.writeUIntLE(block.length * 8 + Number(isLast), 0, 3);
    parts.push(blockHeader, block);
  }
  return Buffer.concat(parts);
}
