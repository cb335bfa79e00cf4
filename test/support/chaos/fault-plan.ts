import { RandomStream } from '../../../src/campaign/random/random-stream.ts';

/** What a fault does to a process. `stop`: SIGSTOP, later SIGCONT. */
export type ProcessFault = 'kill' | 'terminate' | 'stop';
/** What toxiproxy does to a connection. */
export type ConnectionFault = 'partition' | 'black-hole' | 'latency' | 'reset' | 'slow';
/** What microburst does to calls; see `storms` in faults.ts. */
export type Storm = 'throttled' | 'server-error' | 'cut-response' | 'late';

/** One fault of a plan. Instants and durations in ms; `at` counts from the start of the faults. */
export interface PlannedFault {
  at: number;
  target: string;
  kind: ProcessFault | ConnectionFault | Storm | 'full';
  forMs: number;
}

interface Target {
  kinds: readonly PlannedFault['kind'][];
  /** The shortest and the longest fault, in ms. */
  lasts: readonly [number, number];
  /** The shortest and the longest time between two faults, in ms. */
  rests: readonly [number, number];
}

/**
 * Processes rest for a minute: the stack's pause before a restart grows for one that ends more often. A stopped worker sleeps
 * longer than the 15 s after which its activities are given to another attempt.
 */
const processRests = [62_000, 120_000] as const;
const connectionKinds = ['partition', 'black-hole', 'latency', 'reset', 'slow'] as const;
const connection: Target = { kinds: connectionKinds, lasts: [2_000, 22_000], rests: [8_000, 40_000] };
const storm: Target = {
  kinds: ['throttled', 'server-error', 'cut-response', 'late'],
  lasts: [5_000, 25_000],
  rests: [10_000, 40_000],
};

export const targets = {
  'process worker': { kinds: ['kill', 'terminate', 'stop'], lasts: [16_000, 40_000], rests: processRests },
  'process scorer': { kinds: ['kill', 'terminate', 'stop'], lasts: [16_000, 40_000], rests: processRests },
  'process temporal': { kinds: ['kill', 'terminate', 'stop'], lasts: [2_000, 20_000], rests: processRests },
  'process s3': { kinds: ['kill', 'terminate', 'stop'], lasts: [2_000, 20_000], rests: processRests },
  'process batch': { kinds: ['kill', 'terminate', 'stop'], lasts: [2_000, 20_000], rests: processRests },
  'connection temporal': connection,
  'connection s3': connection,
  'connection batch': connection,
  'calls s3': storm,
  'calls batch': storm,
  disk: { kinds: ['full'], lasts: [3_000, 20_000], rests: [60_000, 180_000] },
} as const satisfies Record<string, Target>;

/** All faults that begin within these minutes, by their start; the same for the same seed. */
export function faultPlan(seed: number, minutes: number): PlannedFault[] {
  const end = minutes * 60_000;
  const plan = Object.entries<Target>(targets).flatMap(([target, { kinds, lasts, rests }], index) => {
    const random = new RandomStream(seed * 1_000 + index);
    const between = ([least, most]: readonly [number, number]): number =>
      Math.round(least + random.next() * (most - least));
    const faults: PlannedFault[] = [];
    // The first fault of a target comes as if its rest had begun at an unknown instant.
    let at = Math.round(random.next() * rests[1]);
    while (at < end) {
      const kind = kinds[Math.floor(random.next() * kinds.length)] ?? kinds[0] ?? 'full';
      const lasting = kind === 'kill' || kind === 'terminate' ? 0 : between(lasts);
      faults.push({ at, target, kind, forMs: lasting });
      at += lasting + between(rests);
    }
    return faults;
  });
  return plan.sort((a, b) => a.at - b.at);
}
