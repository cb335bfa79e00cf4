import { probeClass } from '../../campaign/evaluation/class-choice.ts';
import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { costOfRuns, dollars, worstCostMicroUsd } from '../../campaign/model/money.ts';
import { responsibleParty } from '../../campaign/model/reasons.ts';
import { containerMemoryMiB } from '../../campaign/model/run-limits.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import type { Access } from '../access.ts';
import { endedStatus } from '../status/ended-status.ts';
import { queryProgress } from '../status/query-progress.ts';
import type { CampaignFromS3, SubmissionFromS3 } from './campaign-from-s3.ts';
import { isCampaignRunning } from './start-workflow.ts';

type Rounds = Pick<SubmissionFromS3, 'records'>;

/**
 * Estimates the cost of one more round of each of `chosen`, in micro-dollars: by the mean cost of its own rounds so far, else of
 * all rounds (null if none has ended). Rounds that failed through no fault of their team do not count. At worst every run that
 * the limits allow takes the most expensive class until Batch's time-out.
 */
export function estimateOf(chosen: readonly Rounds[], { submissions, frozen }: CampaignFromS3) {
  const mean = meanCost(submissions.flatMap(({ records }) => records));
  let expected: number | null = 0;
  for (const { records } of chosen) {
    const one = meanCost(records) ?? mean;
    expected = expected === null || one === null ? null : expected + one;
  }
  return { expected: expected === null ? null : Math.ceil(expected), worst: chosen.length * worstRound(frozen) };
}

/** The estimate for `chosen` beside the remaining budget and time of the campaign. */
export async function costLines(access: Access, known: CampaignFromS3, chosen: readonly Rounds[]): Promise<string[]> {
  const { expected, worst } = estimateOf(chosen, known);
  const { money, deadline } = (await isCampaignRunning(access, known.frozen.campaign))
    ? await queryProgress(access, known.frozen.campaign)
    : endedStatus(known);
  const left = money.budget - money.spent - ('reserved' in money ? money.reserved : 0);
  const likely =
    expected === null ? 'the cost is not known yet' : `about ${dollars(expected)} judging by the runs so far`;
  return [
    `${likely}, at most ${dollars(worst)}; ${dollars(left)} of the budget of ${dollars(money.budget)} left`,
    ...(expected !== null && expected > left
      ? ['this exceeds the budget left: the campaign will be blocked until raise-budget']
      : []),
    ...deadlineLines(deadline),
  ];
}

/** After its deadline a campaign starts nothing, not even a rescore, which costs nothing. */
export const deadlineLines = (deadline: string): string[] =>
  Date.now() >= Date.parse(deadline)
    ? [`the deadline, ${deadline}, has passed: nothing starts until set-deadline`]
    : [];

function meanCost(records: readonly LedgerRecord[]): number | null {
  const representative = records.filter(
    ({ runs, state, reason }) =>
      runs.length > 0 && (state === 'finished' || (reason && responsibleParty(reason) === 'team')),
  );
  if (representative.length === 0) return null;
  return representative.reduce((sum, { runs }) => sum + costOfRuns(runs), 0) / representative.length;
}

function worstRound({ limits, instanceClasses: classes, sampleSet }: FrozenCampaign): number {
  const mostExpensive = Math.max(...classes.map((instanceClass) => worstCostMicroUsd(limits, instanceClass, classes)));
  const probe = sampleSet === undefined ? 0 : worstCostMicroUsd(limits, probeClass(classes), classes);
  // Running out of memory below the promised limit is not an attempt: one more run for each class with less memory.
  const smaller = classes.filter(
    (instanceClass) => containerMemoryMiB(limits, instanceClass) < limits.memoryMiB,
  ).length;
  return probe + (limits.attempts + limits.platformRuns + smaller) * mostExpensive;
}
