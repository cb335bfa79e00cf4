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

/** A system call of x86-64 with up to four arguments; missing ones are 0. */
export type SystemCall = readonly [number: number, ...args: number[]];

/** A program that makes system calls and writes what each returned, the last one first: 8 bytes, negative for an errno. */
export function callingProgram(calls: readonly SystemCall[]): Buffer {
  const code = calls.map(([number, first = 0, second = 0, third = 0, fourth = 0]) =>
    Buffer.concat([
      ...load('bf', first),
      ...load('be', second),
      ...load('ba', third),
      ...load('41ba', fourth),
      ...load('b8', number),
      Buffer.from('0f0550', 'hex'),
    ]),
  );
  const writeAndExit = [Buffer.from('bf010000004889e6', 'hex'), ...load('ba', 8 * calls.length)];
  return tinyElf(Buffer.concat([...code, ...writeAndExit, Buffer.from('b8010000000f0531ffb83c0000000f05', 'hex')]));
}

/** getpid(2) by the 32-bit entry of the kernel, and exit(0). */
export const calling32Bit = tinyElf(Buffer.from('b814000000cd8031ffb83c0000000f05', 'hex'));

/** Loads a value into the 32-bit register that the instruction names. */
function load(instruction: string, value: number): [Buffer, Buffer] {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return [Buffer.from(instruction, 'hex'), bytes];
}
