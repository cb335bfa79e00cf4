import { forbiddenCalls, makesChild, otherCalls, socketTypes } from './forbidden-calls.ts';
import {
  add,
  type Argument,
  call,
  call32Bit,
  forever,
  ifNotNegative,
  ifZero,
  put,
  repeat,
  store,
} from './machine-code.ts';
import type { ProgramMemory, Slot, TextRegion } from './memory.ts';
import { nr, openFlags } from './call-numbers.ts';
import type { Target } from './target.ts';

const mebibyte = 2 ** 20;

/** Writes attacks as machine code and remembers in which slots their results will be. */
export class Attacks {
  private readonly parts: Buffer[] = [];

  constructor(readonly memory: ProgramMemory) {}

  get code(): Buffer {
    return Buffer.concat(this.parts);
  }

  emit(...code: Buffer[]): void {
    this.parts.push(...code);
  }

  /** A system call whose result is stored. */
  call(number: number, ...args: Argument[]): Slot {
    const result = this.memory.slot();
    this.emit(call(number, ...args), store(result));
    return result;
  }

  open(path: string, flags: number = openFlags.writeOnly, mode = 0o644): Slot {
    return this.call(nr.open, this.memory.path(path), flags, mode);
  }

  /** Reads a file, in as many pieces as the kernel makes of it. */
  readFile(path: string, bytes: number): TextRegion {
    const region = this.memory.text(bytes);
    const descriptor = this.memory.slot();
    const pieces = 8;
    const piece = call(nr.read, descriptor, region.end, bytes / pieces);
    const pieceByPiece = Array.from({ length: pieces }, () => Buffer.concat([piece, ifNotNegative(add(region.end))]));
    this.emit(call(nr.open, this.memory.path(path)), store(descriptor), put(region.at, region.end), ...pieceByPiece);
    return region;
  }

  connect({ kind, address, isLoopback }: Target): Slot {
    // A connection to nowhere would otherwise be waited for.
    const nonBlocking = isLoopback ? 0 : 0o4000;
    const [unix, inet, inet6] = [1, 2, 10];
    const family = kind === 'unix' ? unix : address.readUInt16LE() === inet6 ? inet6 : inet;
    const type = kind === 'udp' ? socketTypes.datagram : socketTypes.stream;
    const socket = this.memory.slot();
    const result = this.memory.slot();
    const connects = call(nr.connect, socket, this.memory.constant(address), address.length);
    const opened = call(nr.socket, family, type | nonBlocking);
    this.emit(opened, store(socket), store(result), ifNotNegative(Buffer.concat([connects, store(result)])));
    return result;
  }

  /** In a child that shares this memory, because some would change the process. */
  forbiddenCalls(): Map<string, Slot> {
    const results = new Map<string, Slot>();
    const body = Object.entries({ ...forbiddenCalls, ...otherCalls }).map(([name, [number, ...args]]) => {
      const result = this.memory.slot();
      results.set(name, result);
      const end = makesChild(name) ? ifZero(call(nr.exit)) : Buffer.alloc(0);
      return Buffer.concat([call(number, ...args), end, store(result)]);
    });
    this.emit(call(nr.vfork), ifZero(Buffer.concat([...body, call(nr.exit)])), call(nr.wait4, -1));
    return results;
  }

  /** getpid(2) by the kernel's entries for 32-bit programs and for x32; the statuses of children that call them. */
  otherEntries(): Slot[] {
    const x32 = 0x4000_0000;
    return [call32Bit(20), call(x32 + nr.getpid)].map((entry) => this.inChild(entry));
  }

  /** Runs code in a copy of this process; its status as wait4(2) gives it, or untouched if it could not be started. */
  inChild(body: Buffer): Slot {
    // wait4 writes 32 bits.
    const status = this.memory.slot();
    const child = this.memory.slot();
    const wait = Buffer.concat([put(0, status), call(nr.wait4, child, status.slot)]);
    this.emit(call(nr.fork), ifZero(Buffer.concat([body, call(nr.exit)])), store(child), ifNotNegative(wait));
    return status;
  }

  /** A child takes this much memory, piece by piece, and touches every page of it. */
  takeMemory(mebibytes: number): Slot {
    const [readAndWrite, privateAnonymousPopulated, pieceMiB] = [3, 0x8022, 16];
    const piece = call(nr.mmap, 0, pieceMiB * mebibyte, readAndWrite, privateAnonymousPopulated, -1);
    return this.inChild(repeat(Math.ceil(mebibytes / pieceMiB), piece, this.memory.slot()));
  }

  /** Children that only wait, until one cannot be made or there are `most`; holds them a while, then ends them. */
  takeProcesses(most: number, holdMs: number): { made: Slot; last: Slot } {
    const [made, last, ended] = [this.memory.slot(), this.memory.slot(), this.memory.slot()];
    const waits = forever(call(nr.pause));
    this.emit(repeat(most, Buffer.concat([call(nr.fork), ifZero(waits), store(last)]), made));
    this.sleep(holdMs);
    this.emit(call(nr.kill, -1, 9), repeat(2 * most, call(nr.wait4, -1), ended));
    return { made, last };
  }

  /** Pseudo-terminals, until one cannot be opened or there are `most`. */
  takeTerminals(most: number): { opened: Slot; last: Slot } {
    const [opened, last] = [this.memory.slot(), this.memory.slot()];
    const { readAndWrite, noControllingTerminal } = openFlags;
    const open = call(nr.open, this.memory.path('/dev/ptmx'), readAndWrite | noControllingTerminal);
    this.emit(repeat(most, Buffer.concat([open, store(last)]), opened));
    return { opened, last };
  }

  sleep(milliseconds: number): void {
    const time = Buffer.alloc(16);
    time.writeBigInt64LE(BigInt(Math.floor(milliseconds / 1000)));
    time.writeBigInt64LE(BigInt((milliseconds % 1000) * 1_000_000), 8);
    this.emit(call(nr.nanosleep, this.memory.constant(time)));
  }

  /** The hard limit of a resource. */
  limit(resource: number): Slot {
    const [soft, hard] = [this.memory.slot(), this.memory.slot()];
    this.emit(call(nr.getrlimit, resource, soft.slot));
    return hard;
  }

  /** Writes mebibytes of zeros to a file until one cannot be written or there are `most`. */
  fillFile(path: string, most: number): { written: Slot; last: Slot } {
    const [readOnly, privateAnonymous] = [1, 0x22];
    const [written, last, rounds] = [this.memory.slot(), this.memory.slot(), this.memory.slot()];
    const file = this.open(path, openFlags.writeOnly | openFlags.create);
    // Pages that are only read are all the same one of the kernel.
    const zeros = this.call(nr.mmap, 0, mebibyte, readOnly, privateAnonymous, -1);
    const writes = Buffer.concat([call(nr.write, file, zeros, mebibyte), store(last), ifNotNegative(add(written))]);
    this.emit(put(0, written), repeat(most, writes, rounds));
    return { written, last };
  }
}
