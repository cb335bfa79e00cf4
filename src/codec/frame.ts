import type { Payload } from '@temporalio/common';

/** The first byte of a frame: almost every payload is JSON or empty and needs no more. */
const form = { json: 1, nothing: 2, other: 3 } as const;

/** A payload as bytes. */
export function framed(payload: Payload): Buffer {
  const { metadata, data } = payload;
  const names = Object.keys(metadata ?? {});
  const encoding = names.length === 1 ? textOf(metadata?.['encoding']) : undefined;
  if (encoding === 'json/plain') return Buffer.concat([Buffer.of(form.json), data ?? Buffer.alloc(0)]);
  if (encoding === 'binary/null') return Buffer.of(form.nothing);
  const header = JSON.stringify(names.map((name) => [name, Buffer.from(metadata?.[name] ?? []).toString('base64')]));
  const size = Buffer.alloc(4);
  size.writeUInt32BE(Buffer.byteLength(header));
  return Buffer.concat([Buffer.of(form.other), size, Buffer.from(header), data ?? Buffer.alloc(0)]);
}

/** The payload of a frame; undefined for bytes of another form. Only for authenticated bytes. */
export function unframed(frame: Buffer): Payload | undefined {
  const rest = frame.subarray(1);
  if (frame[0] === form.json) return { metadata: { encoding: Buffer.from('json/plain') }, data: rest };
  if (frame[0] === form.nothing) return { metadata: { encoding: Buffer.from('binary/null') } };
  if (frame[0] !== form.other || rest.length < 4) return undefined;
  const end = 4 + rest.readUInt32BE();
  const entries = JSON.parse(rest.subarray(4, end).toString()) as [string, string][];
  const metadata = Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value, 'base64')]));
  return { metadata, data: rest.subarray(end) };
}

const textOf = (bytes: Uint8Array | null | undefined): string => Buffer.from(bytes ?? []).toString();
