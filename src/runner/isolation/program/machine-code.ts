import type { Slot } from './memory.ts';

/**
 * x86-64 instructions for programs that make system calls and need nothing of their image: no interpreter, no libraries, no
 * stack. Node cannot make a system call of its choice, and no compiler is at hand.
 */

/** A value or an address; or the number in a slot. */
export type Argument = number | Slot;

const hex = (bytes: string): Buffer => Buffer.from(bytes, 'hex');

/** The instructions that load a register with a value of 64 bits, and from an address. */
type Register = readonly [value: string, fromAddress: string];

/** rdi, rsi, rdx, r10, r8, r9 */
const argumentRegisters: readonly Register[] = [
  ['48bf', '488b3c25'],
  ['48be', '488b3425'],
  ['48ba', '488b1425'],
  ['49ba', '4c8b1425'],
  ['49b8', '4c8b0425'],
  ['49b9', '4c8b0c25'],
];

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

const int64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
};

function load(register: Register | undefined, argument: Argument): Buffer {
  if (register === undefined) throw new RangeError('at most six arguments');
  const [value, fromAddress] = register;
  return typeof argument === 'number'
    ? Buffer.concat([hex(value), int64(argument)])
    : Buffer.concat([hex(fromAddress), int32(argument.slot)]);
}

/** A system call; its result is in rax. Missing arguments are 0. */
export function call(number: number, ...args: Argument[]): Buffer {
  const loads = argumentRegisters.map((register, n) => load(register, args[n] ?? 0));
  return Buffer.concat([...loads, hex('48b8'), int64(number), hex('0f05')]);
}

/** rcx takes the place of r10 in functions of libraries. */
const functionRegisters = argumentRegisters.map((register, n): Register => (n === 3 ? ['48b9', '488b0c25'] : register));

/** Calls the function at the address in a slot; its result, an int, is in rax. The stack must be as it was at the start. */
export function callFunction({ slot }: Slot, ...args: Argument[]): Buffer {
  const loads = args.map((argument, n) => load(functionRegisters[n], argument));
  return Buffer.concat([...loads, hex('31c0ff1425'), int32(slot), hex('4898')]);
}

/** The same call by the kernel's 32-bit entry, without arguments. */
export const call32Bit = (number: number): Buffer => Buffer.concat([hex('b8'), int32(number), hex('cd80')]);

/** Stores rax. */
export const store = ({ slot }: Slot): Buffer => Buffer.concat([hex('48890425'), int32(slot)]);
/** Adds rax. */
export const add = ({ slot }: Slot): Buffer => Buffer.concat([hex('48010425'), int32(slot)]);
/** Stores a value of 32 bits, sign-extended. */
export const put = (value: number, { slot }: Slot): Buffer =>
  Buffer.concat([hex('48c70425'), int32(slot), int32(value)]);

const testResult = hex('4885c0');

/** Executes `body` if rax is 0. */
export const ifZero = (body: Buffer): Buffer => Buffer.concat([testResult, hex('0f85'), int32(body.length), body]);
/** Executes `body` if rax is not negative. */
export const ifNotNegative = (body: Buffer): Buffer =>
  Buffer.concat([testResult, hex('0f88'), int32(body.length), body]);

/** Repeats `body` at most `times`, until rax is negative after it; `rounds` counts how often rax was not. */
export function repeat(times: number, body: Buffer, rounds: Slot): Buffer {
  const count = Buffer.concat([hex('48ff0425'), int32(rounds.slot)]);
  const compare = Buffer.concat([hex('48813c25'), int32(rounds.slot), int32(times)]);
  const [jumpBytes, leaveBytes] = [6, 6];
  const loopBytes = body.length + testResult.length + leaveBytes + count.length + compare.length + jumpBytes;
  const leave = Buffer.concat([hex('0f88'), int32(count.length + compare.length + jumpBytes)]);
  const again = Buffer.concat([hex('0f8c'), int32(-loopBytes)]);
  return Buffer.concat([put(0, rounds), body, testResult, leave, count, compare, again]);
}

/** Repeats `body` until the process is killed. */
export const forever = (body: Buffer): Buffer => Buffer.concat([body, hex('e9'), int32(-body.length - 5)]);
