import type { ProgramMemory } from './memory.ts';

const [codeAt, pageBytes, elfHeaderBytes, programHeaderBytes] = [0x40_0000, 4096, 64, 56];
const [readable, writable, executable] = [4, 2, 1];

interface Segment {
  flags: number;
  /** In the file. */
  offset: number;
  address: number;
  bytes: number;
}

/** A static x86-64 Linux executable: one segment of code, one of memory. */
export function staticProgram(code: Buffer, memory: ProgramMemory): Buffer {
  const data = memory.image();
  const codeOffset = elfHeaderBytes + 2 * programHeaderBytes;
  const dataOffset = Math.ceil((codeOffset + code.length) / pageBytes) * pageBytes;
  const segments: Segment[] = [
    { flags: readable + executable, offset: 0, address: codeAt, bytes: codeOffset + code.length },
    { flags: readable + writable, offset: dataOffset, address: memory.base, bytes: data.length },
  ];
  const file = Buffer.alloc(dataOffset + data.length);
  elfHeader(codeAt + codeOffset, segments.length).copy(file);
  segments.forEach((segment, n) => programHeader(segment).copy(file, elfHeaderBytes + n * programHeaderBytes));
  code.copy(file, codeOffset);
  data.copy(file, dataOffset);
  return file;
}

/** elf(5): 64 bits, little-endian, executable, x86-64. */
function elfHeader(entry: number, programHeaders: number): Buffer {
  const header = Buffer.alloc(elfHeaderBytes);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16); // e_type
  header.writeUInt16LE(62, 18); // e_machine
  header.writeUInt32LE(1, 20); // e_version
  header.writeBigUInt64LE(BigInt(entry), 24);
  header.writeBigUInt64LE(BigInt(elfHeaderBytes), 32); // e_phoff
  header.writeUInt16LE(elfHeaderBytes, 52); // e_ehsize
  header.writeUInt16LE(programHeaderBytes, 54); // e_phentsize
  header.writeUInt16LE(programHeaders, 56); // e_phnum
  return header;
}

function programHeader({ flags, offset, address, bytes }: Segment): Buffer {
  const header = Buffer.alloc(programHeaderBytes);
  header.writeUInt32LE(1, 0); // p_type: load
  header.writeUInt32LE(flags, 4);
  for (const [at, value] of [
    [8, offset],
    [16, address],
    [24, address],
    [32, bytes],
    [40, bytes],
    [48, pageBytes],
  ] as const)
    header.writeBigUInt64LE(BigInt(value), at);
  return header;
}
