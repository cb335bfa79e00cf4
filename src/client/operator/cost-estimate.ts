import { probeClass } from '../../campaign/evaluation/class-choice.ts';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { costOfRuns, dollars } from '../../campaign/model/money.ts';
import { responsibleParty } from '../../campaign/model/reasons.ts';
import { containerMemoryMiB, worstCostMicroUsd } from '../../campaign/model/run-limits.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import type { SubmissionFromS3 } from './campaign-from-s3.ts';

/** What rounds would cost, in micro-dollars. */
export interface Estimate {
  /** Null: no round has ended yet that tells. */
  expected: number | null;
  worst: number;
}

/**
 * What one more round of each of `chosen` would cost: by its own rounds so far, else by the mean of all that ended by
 * themselves; at worst every run that the limits allow, on the dearest class, to Batch's own time-out. Pure.
 */
export function estimateOf(
  chosen: readonly Pick<SubmissionFromS3, 'records'>[],
  all: readonly Pick<SubmissionFromS3, 'records'>[],
  frozen: FrozenCampaign,
): Estimate {
  const usual = meanCost(all.flatMap(({ records }) => records));
  let expected: number | null = 0;
  for (const { records } of chosen) {
    const one = meanCost(records) ?? usual;
    expected = expected === null || one === null ? null : expected + one;
  }
  return { expected: expected === null ? null : Math.ceil(expected), worst: chosen.length * worstRound(frozen) };
}

/** What is left of a campaign's limits. */
export interface LimitsLeft {
  /** Micro-dollars; neither spent nor set aside for runs under way. */
  left: number;
  budget: number;
  /** ISO instant. */
  deadline: string;
}

/** An estimate for people, beside what is left of budget and time; `now` in ms. Pure. */
export function estimateLines(
  { expected, worst }: Estimate,
  { left, budget, deadline }: LimitsLeft,
  now: number,
): string[] {
  const likely =
    expected === null ? 'nobody knows yet what it costs' : `about ${dollars(expected)} by what runs cost so far`;
  return [
    `${likely}, at worst ${dollars(worst)}; ${dollars(left)} of the budget of ${dollars(budget)} are left`,
    ...(expected !== null && expected > left ? ['that is not enough: the campaign will hold until raise-budget'] : []),
    ...deadlineLines(deadline, now),
  ];
}

/** Past its deadline a campaign starts nothing, not even what costs nothing. Pure. */
export const deadlineLines = (deadline: string, now: number): string[] =>
  now >= Date.parse(deadline) ? [`the deadline, ${deadline}, has passed: nothing begins until set-deadline`] : [];

function meanCost(records: readonly LedgerRecord[]): number | null {
  const telling = records.filter(
    ({ runs, state, reason }) =>
      runs.length > 0 && (state === 'finished' || (reason && responsibleParty(reason) === 'team')),
  );
  if (telling.length === 0) return null;
  return telling.reduce((sum, { runs }) => sum + costOfRuns(runs), 0) / telling.length;
}

function worstRound({ limits, instanceClasses: classes, sampleSet }: FrozenCampaign): number {
  const dearest = Math.max(...classes.map((on) => worstCostMicroUsd(limits, on, classes)));
  const probe = sampleSet === undefined ? 0 : worstCostMicroUsd(limits, probeClass(classes), classes);
  // Out of memory below what was promised is not charged: one more run for each class that gives less.
  const smaller = classes.filter((on) => containerMemoryMiB(limits, on) < limits.memoryMiB).length;
  return probe + (limits.attempts + limits.platformRuns + smaller) * dearest;
}
