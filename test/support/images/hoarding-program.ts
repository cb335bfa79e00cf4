import { executableOf } from '../../../src/runner/isolation/program/executable.ts';
import {
  call,
  forever,
  ifNotNegative,
  ifZero,
  put,
  repeat,
  store,
} from '../../../src/runner/isolation/program/machine-code.ts';
import { ProgramMemory } from '../../../src/runner/isolation/program/memory.ts';

/** How many of a thing a program got, and what the kernel returned in place of the next one. */
export interface Hoard {
  taken: number;
  last: number;
}

const nr = { write: 1, open: 2, pause: 34, fork: 57, exit: 60, fcntl: 72, flock: 73 } as const;
const [readAndWrite, create, noControllingTerminal] = [2, 0o100, 0o400];

/**
 * What the kernel counts for a user, a container or a host, with the code that takes one. Inotify comes late, because a host may allow
 * as many instances as a process may have descriptors, and processes at last, because each has all that was taken before.
 */
const takers = {
  'locks of the inputs': (memory) => {
    const [file, exclusiveAtOnce] = [memory.slot(), 2 | 4];
    const opened = Buffer.concat([call(nr.open, memory.path('/input/a.txt')), store(file)]);
    return Buffer.concat([opened, ifNotNegative(call(nr.flock, file, exclusiveAtOnce))]);
  },
  // A queue without a name lasts as long as its descriptor.
  'message queues': (memory) => {
    const [name, open, unlink] = [memory.path('queue'), 240, 241];
    return Buffer.concat([call(unlink, name), call(open, name, readAndWrite | create, 0o600)]);
  },
  'pipes of 1 MiB': (memory) => {
    const [ends, pipe2, setSize] = [memory.slot(), 293, 1031];
    return Buffer.concat([call(pipe2, ends.slot), ifNotNegative(call(nr.fcntl, ends, setSize, 2 ** 20))]);
  },
  'timers that send signals': (memory) => call(222, 1, 0, memory.slot().slot),
  'segments of shared memory': () => call(29, 0, 4096, 0o1600),
  'pseudo-terminals': (memory) => call(nr.open, memory.path('/dev/ptmx'), readAndWrite | noControllingTerminal),
  'asynchronous contexts': (memory) => {
    const context = memory.slot();
    return Buffer.concat([put(0, context), call(206, 128, context.slot)]);
  },
  'inotify instances': () => call(294),
  processes: () => Buffer.concat([call(nr.fork), ifZero(forever(call(nr.pause)))]),
} satisfies Record<string, (memory: ProgramMemory) => Buffer>;

export type Thing = keyof typeof takers;

const most = 100_000;

/**
 * A program that takes as much of everything as it gets and prints the numbers. With `full`, a path, it then makes that file and
 * keeps all of it until it is killed.
 */
export function hoardingProgram(full?: string): Buffer {
  const memory = new ProgramMemory();
  const hoards = Object.values(takers).map((take) => ({ take, taken: memory.slot(), last: memory.slot() }));
  const takesAll = hoards.map(({ take, taken, last }) =>
    repeat(most, Buffer.concat([take(memory), store(last)]), taken),
  );
  const keep = full === undefined ? [] : [call(nr.open, memory.path(full), create, 0o600), forever(call(nr.pause))];
  // The runtime may still hold a small pipe of this user, by which it started the program; after this one that changes no number.
  const smallPipe = call(293, memory.slot().slot);
  const print = call(nr.write, 1, memory.base, 16 * hoards.length);
  return executableOf(Buffer.concat([smallPipe, ...takesAll, print, ...keep, call(nr.exit)]), memory);
}

/** What a hoarding program printed. */
export function hoardsIn(printed: Buffer): Record<Thing, Hoard> {
  const hoards = Object.keys(takers).map((thing, n): [string, Hoard] => [
    thing,
    { taken: Number(printed.readBigInt64LE(16 * n)), last: Number(printed.readBigInt64LE(16 * n + 8)) },
  ]);
  return Object.fromEntries(hoards) as Record<Thing, Hoard>;
}
