import type { ProgramMemory } from './memory.ts';

const [codeAt, pageBytes, elfHeaderBytes, programHeaderBytes] = [0x40_0000, 4096, 64, 56];
const [readable, writable, executable] = [4, 2, 1];
/** Types of program headers, by elf(5). */
export const segmentTypes = { load: 1, dynamic: 2, interpreter: 3, stack: 0x6474_e551 } as const;

interface Segment {
  type: number;
  flags: number;
  /** In the file. */
  offset: number;
  address: number;
  bytes: number;
}

/** A part of the program's memory to which the kernel or the loader looks. */
export interface MemoryPart {
  type: number;
  address: number;
  bytes: number;
}

/** An x86-64 Linux executable: one segment of code, one of memory. Without `parts` it needs no loader. */
export function executableOf(code: Buffer, memory: ProgramMemory, parts: readonly MemoryPart[] = []): Buffer {
  const data = memory.image();
  const { load, stack } = segmentTypes;
  const codeOffset = elfHeaderBytes + (3 + parts.length) * programHeaderBytes;
  const dataOffset = Math.ceil((codeOffset + code.length) / pageBytes) * pageBytes;
  const segments: Segment[] = [
    ...parts.map((part) => ({ ...part, flags: readable, offset: dataOffset + part.address - memory.base })),
    { type: load, flags: readable + executable, offset: 0, address: codeAt, bytes: codeOffset + code.length },
    { type: load, flags: readable + writable, offset: dataOffset, address: memory.base, bytes: data.length },
    { type: stack, flags: readable + writable, offset: 0, address: 0, bytes: 0 },
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

function programHeader({ type, flags, offset, address, bytes }: Segment): Buffer {
  const header = Buffer.alloc(programHeaderBytes);
  header.writeUInt32LE(type, 0);
  header.writeUInt32LE(flags, 4);
  for (const [at, value] of [
    [8, offset],
    [16, address],
    [24, address],
    [32, bytes],
    [40, bytes],
    [48, type === segmentTypes.load ? pageBytes : 8],
  ] as const)
    header.writeBigUInt64LE(BigInt(value), at);
  return header;
}
