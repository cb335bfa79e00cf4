import * as fc from 'fast-check';

/** One event in a campaign; `pick` chooses its target. */
export interface WorldEvent {
  kind: (typeof kinds)[number];
  pick: number;
  amount: number;
}

const kinds = [
  'decide',
  'deliver',
  'deliverCopy',
  'proceed',
  'reportHeldRun',
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
  'setDeadlineAtRisk',
  'retry',
  'loseState',
  'close',
] as const;

const often = ['decide', 'proceed', 'deliver'] as const;
const never: ReadonlySet<string> = new Set(['close']);
const usual = kinds.filter((kind) => !never.has(kind));
/** More retries, so that messages of two rounds of a submission mix. */
const sometimes = Array.from({ length: 4 }, () => 'retry' as const);
const weighted = [...usual, ...sometimes, ...Array.from({ length: 7 }, () => often).flat()];

export const share = fc.double({ min: 0, max: 1, noNaN: true });

/** Any events but the end of the campaign; decisions, deliveries and steps are the most frequent. */
export const events: fc.Arbitrary<WorldEvent[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...weighted), pick: fc.nat(50), amount: share }),
  { maxLength: 200, size: 'max' },
);
