/** The smallest static x86-64 Linux program around some machine code; another `machine` makes it foreign. */
export function tinyElf(code: Buffer, machine = 62): Buffer {
  const [headerBytes, loadAt] = [120, 0x400000];
  const size = headerBytes + code.length;
  const elf = Buffer.alloc(headerBytes);
  Buffer.from('7f454c46020101', 'hex').copy(elf);
  elf.writeUInt16LE(2, 16);
  elf.writeUInt16LE(machine, 18);
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(BigInt(loadAt + headerBytes), 24);
  elf.writeBigUInt64LE(64n, 32);
  elf.writeUInt16LE(64, 52);
  elf.writeUInt16LE(56, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, 64);
  elf.writeUInt32LE(5, 68);
  elf.writeBigUInt64LE(BigInt(loadAt), 80);
  elf.writeBigUInt64LE(BigInt(loadAt), 88);
  elf.writeBigUInt64LE(BigInt(size), 96);
  elf.writeBigUInt64LE(BigInt(size), 104);
  elf.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([elf, code]);
}

/** A program that opens a socket: it exits with the errno of socket(2), or with 253 when it got descriptor 3. */
export function socketProgram(family: number, type: number): Buffer {
  const byte = (value: number): string => value.toString(16).padStart(2, '0');
  const open = `bf${byte(family)}000000be${byte(type)}00000031d2b8290000000f05`;
  const exitWithNegated = '89c7f7dfb83c0000000f05';
  return tinyElf(Buffer.from(open + exitWithNegated, 'hex'));
}
