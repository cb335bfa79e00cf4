import { type MemoryPart, segmentTypes } from './executable.ts';
import type { ProgramMemory, Slot } from './memory.ts';

/** Entries of a dynamic section, by elf(5). */
const tag = {
  needed: 1,
  strings: 5,
  symbols: 6,
  rela: 7,
  relaBytes: 8,
  relaEntry: 9,
  stringBytes: 10,
  symbolEntry: 11,
};
const [entryBytes, globalFunction, globalData] = [24, 0x12, 6];
const interpreter = '/lib64/ld-linux-x86-64.so.2';

/** Functions of a library: the loader puts their addresses into slots before the program starts. */
export interface LibraryFunctions<Name extends string> {
  slots: Record<Name, Slot>;
  parts: MemoryPart[];
}

/** Makes the loader's tables for functions of one shared library. */
export function libraryFunctions<Name extends string>(
  memory: ProgramMemory,
  library: string,
  names: readonly Name[],
): LibraryFunctions<Name> {
  const strings = Buffer.from(['', library, ...names, ''].join('\0'));
  const slots = names.map((name) => [name, memory.slot()] as const);
  const at = {
    strings: memory.constant(strings),
    symbols: memory.constant(Buffer.concat([Buffer.alloc(entryBytes), ...names.map((name) => symbol(strings, name))])),
    rela: memory.constant(Buffer.concat(slots.map(([, slot], n) => relocation(slot, n + 1)))),
    interpreter: memory.path(interpreter),
  };
  const dynamic = Buffer.concat(
    [
      [tag.needed, strings.indexOf(`${library}\0`)],
      [tag.strings, at.strings],
      [tag.stringBytes, strings.length],
      [tag.symbols, at.symbols],
      [tag.symbolEntry, entryBytes],
      [tag.rela, at.rela],
      [tag.relaBytes, entryBytes * names.length],
      [tag.relaEntry, entryBytes],
      [0, 0],
    ].map(([name = 0, value = 0]) => Buffer.concat([int64(name), int64(value)])),
  );
  return {
    slots: Object.fromEntries(slots) as Record<Name, Slot>,
    parts: [
      { type: segmentTypes.interpreter, address: at.interpreter, bytes: interpreter.length + 1 },
      { type: segmentTypes.dynamic, address: memory.constant(dynamic), bytes: dynamic.length },
    ],
  };
}

function symbol(strings: Buffer, name: string): Buffer {
  const bytes = Buffer.alloc(entryBytes);
  bytes.writeUInt32LE(strings.indexOf(`\0${name}\0`) + 1);
  bytes.writeUInt8(globalFunction, 4);
  return bytes;
}

const relocation = ({ slot }: Slot, index: number): Buffer =>
  Buffer.concat([int64(slot), int64(index * 2 ** 32 + globalData), int64(0)]);

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}
