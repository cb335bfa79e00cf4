import { bookingBreaches } from './booked-once.ts';
import type { Breach, Invariant, ObjectBreach } from './breach.ts';
import { jobBreaches } from './claimed-jobs.ts';
import type { CheckedFacts, ChangedObject } from './facts.ts';
import { leftBreaches } from './nothing-left.ts';
import { lostBreaches } from './nothing-lost.ts';
import { stateBreaches } from './one-final-state.ts';
import { orphansOf, type Orphans } from './orphans.ts';

/** `not judged`: what it says must hold only at a campaign's end. */
export type Verdict = 'holds' | 'broken' | 'not judged';

export interface InvariantJudgement {
  verdicts: Record<Invariant, Verdict>;
  breaches: Breach[];
  orphans: Orphans;
}

/** Which invariants hold by these facts, with the evidence of every breach. */
export function judge(facts: CheckedFacts): InvariantJudgement {
  const breaches = [
    ...facts.changed.map(objectBreach),
    ...lostBreaches(facts),
    ...stateBreaches(facts),
    ...bookingBreaches(facts),
    ...jobBreaches(facts),
    ...leftBreaches(facts),
  ];
  return withVerdicts(facts, breaches, orphansOf(facts));
}

/** Of a record that cannot be understood, only the changed objects are known. */
export const unjudged = (changed: readonly ChangedObject[]): InvariantJudgement => ({
  verdicts: verdictsOf(changed.map(objectBreach), () => 'not judged'),
  breaches: changed.map(objectBreach),
  orphans: { jobsWithoutWorkflow: [], workflowsWithoutJob: [], containersWithoutClaim: [] },
});

/**
 * What both of two looks found. Temporal's and Batch's lists lag by seconds and objects are read one after the other, so one look
 * may show what is just changing; a breach stays.
 */
export function confirmedJudgement(
  facts: CheckedFacts,
  first: InvariantJudgement,
  second: InvariantJudgement,
): InvariantJudgement {
  const [before, now] = [first.orphans, second.orphans];
  return withVerdicts(facts, inBoth(first.breaches, second.breaches, identityOf), {
    jobsWithoutWorkflow: inBoth(before.jobsWithoutWorkflow, now.jobsWithoutWorkflow, JSON.stringify),
    workflowsWithoutJob: inBoth(before.workflowsWithoutJob, now.workflowsWithoutJob, JSON.stringify),
    containersWithoutClaim: inBoth(before.containersWithoutClaim, now.containersWithoutClaim, JSON.stringify),
  });
}

/** The items of the second list that the first has too. */
function inBoth<Item>(first: readonly Item[], second: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const known = new Set(first.map(keyOf));
  return second.filter((item) => known.has(keyOf(item)));
}

/** The amounts of a running campaign change between two looks. */
const identityOf = (breach: Breach): string =>
  breach.kind === 'rounds-forgotten' || breach.kind === 'spent-differs' ? breach.kind : JSON.stringify(breach);

function withVerdicts({ phase }: CheckedFacts, breaches: Breach[], orphans: Orphans): InvariantJudgement {
  const otherwise = (name: Invariant): Verdict => (name === 'I4' && phase !== 'ended' ? 'not judged' : 'holds');
  return { verdicts: verdictsOf(breaches, otherwise), breaches, orphans };
}

function verdictsOf(
  breaches: readonly Breach[],
  otherwise: (invariant: Invariant) => Verdict,
): InvariantJudgement['verdicts'] {
  const broken = new Set(breaches.map(({ invariant }) => invariant));
  const verdictOf = (name: Invariant): Verdict => (broken.has(name) ? 'broken' : otherwise(name));
  return { I1: verdictOf('I1'), I2: verdictOf('I2'), I3: verdictOf('I3'), I4: verdictOf('I4') };
}

const invariantOf: Record<ChangedObject['part'], ObjectBreach['invariant']> = {
  run: 'I1',
  board: 'I1',
  record: 'I2',
  claim: 'I3',
  money: 'I3',
};

const objectBreach = ({ part, bucket, key, what }: ChangedObject): ObjectBreach => ({
  invariant: invariantOf[part],
  kind: 'object',
  bucket,
  key,
  what,
});
