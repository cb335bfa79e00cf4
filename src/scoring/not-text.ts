/** First bytes of other file types, and the message for each. */
const signatures: readonly [Buffer, string][] = [
  [Buffer.from([0xff, 0xfe]), 'the file is UTF-16: save it as UTF-8'],
  [Buffer.from([0xfe, 0xff]), 'the file is UTF-16: save it as UTF-8'],
  [Buffer.from('PK\x03\x04'), 'the file is a ZIP archive or a spreadsheet (.xlsx): write the CSV table itself'],
  [Buffer.from([0x1f, 0x8b]), 'the file is compressed (gzip): write the CSV table itself'],
  [Buffer.from('PAR1'), 'the file is a Parquet table: write a CSV table'],
  [Buffer.from([0x89, ...Buffer.from('HDF')]), 'the file is HDF5: write a CSV table'],
  [Buffer.from([0x93, ...Buffer.from('NUMPY')]), 'the file is a NumPy array: write a CSV table'],
];

/** Why a chunk of a file (`first`: its beginning) is not UTF-8 text; undefined if it may be. */
export function notTextBecause(chunk: Buffer, first: boolean): string | undefined {
  const known = first && signatures.find(([start]) => chunk.subarray(0, start.length).equals(start));
  if (known) return known[1];
  return chunk.includes(0)
    ? 'the file contains NUL bytes: it is UTF-16, compressed or binary, not UTF-8 text'
    : undefined;
}
