import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';

/** The exit status of the program in {@link smokeImage}; no engine uses it for its own failures. */
export const smokeStatus = 42;

/** A root file system for `import` with one program, `/probe`, that exits at once. Needs no registry and no compiler. */
export async function smokeImage(): Promise<Buffer> {
  const image = pack();
  image.entry({ name: 'probe', mode: 0o755 }, probe());
  image.finalize();
  return buffer(image);
}

/** A static x86-64 Linux program: the ELF header, one segment that maps the file, and exit(42). */
function probe(): Buffer {
  const code = Buffer.from([0xbf, smokeStatus, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]);
  const headers = 120;
  const address = 0x400000n;
  const size = BigInt(headers + code.length);
  const elf = Buffer.alloc(headers);
  elf.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  elf.writeUInt16LE(2, 16); // e_type: executable
  elf.writeUInt16LE(62, 18); // e_machine: x86-64
  elf.writeUInt32LE(1, 20); // e_version
  elf.writeBigUInt64LE(address + BigInt(headers), 24); // e_entry
  elf.writeBigUInt64LE(64n, 32); // e_phoff
  elf.writeUInt16LE(64, 52); // e_ehsize
  elf.writeUInt16LE(56, 54); // e_phentsize
  elf.writeUInt16LE(1, 56); // e_phnum
  elf.writeUInt32LE(1, 64); // p_type: load
  elf.writeUInt32LE(5, 68); // p_flags: read, execute
  elf.writeBigUInt64LE(address, 80); // p_vaddr
  elf.writeBigUInt64LE(address, 88); // p_paddr
  elf.writeBigUInt64LE(size, 96); // p_filesz
  elf.writeBigUInt64LE(size, 104); // p_memsz
  elf.writeBigUInt64LE(0x1000n, 112); // p_align
  return Buffer.concat([elf, code]);
}
