import * as fc from 'fast-check';

/** One thing that happens in a campaign; `pick` chooses whom it happens to. */
export interface Happening {
  kind: (typeof kinds)[number];
  pick: number;
  amount: number;
}

const kinds = [
  'decide',
  'deliver',
  'deliverCopy',
  'proceed',
  'tellStanding',
  'interrupt',
  'kill',
  'pauseTeam',
  'resumeTeam',
  'reprioritise',
  'pause',
  'resume',
  'raiseBudget',
  'setSlots',
  'shorten',
  'wait',
  'setDeadline',
  'hurry',
  'retry',
  'loseState',
  'close',
] as const;

const often = ['decide', 'proceed', 'deliver'] as const;
const never: ReadonlySet<string> = new Set(['close']);
const usual = kinds.filter((kind) => !never.has(kind));
/** A later round soon after the one before it is where messages of both meet. */
const sometimes = Array.from({ length: 4 }, () => 'retry' as const);
const weighted = [...usual, ...sometimes, ...Array.from({ length: 7 }, () => often).flat()];

export const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Anything but the end of the campaign, mostly what it is there for. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...weighted), pick: fc.nat(50), amount: share }),
  { maxLength: 200, size: 'max' },
);
