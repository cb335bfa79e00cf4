import { costOfRuns, dollars } from '../../campaign/model/money.ts';
import { responsibleParty, type FinalState, type Reason } from '../../campaign/model/reasons.ts';
import { instantText } from '../../campaign/model/units.ts';
import { isOpen, type CampaignFromS3 } from '../operator/campaign-from-s3.ts';
import { instanceTime, instanceTimeBlocks, type InstanceTime } from './instance-time.ts';
import { operatorsLogText } from './operators-log-text.ts';
import { endedBecause } from './status-text.ts';
import { list } from './titled-list.ts';
import { table } from '../table.ts';
import type { OperatorLogLine } from '../../campaign/state/operators-log.ts';
import { effectiveRecord } from '../../ledger/chains/effective-record.ts';

/** The status of a campaign whose workflow does not run: the object of `status --json`. Money in micro-dollars. */
interface EndedStatus {
  campaign: string;
  /** `stopped`: rounds are open, but no workflow continues them. */
  state: 'ended' | 'stopped';
  deadline: string;
  submissions: number;
  counts: Record<'open' | FinalState, number>;
  reasons: Partial<Record<Reason, number>>;
  money: { budget: number; spent: number; canaries: number };
  /** Empty where no instance is known. */
  instanceTime: Record<string, InstanceTime>;
  /** Jobs that could not be ended, of the newest rounds: `cause` names the job. */
  leftBehind: { submission: string; cause: string }[];
  operatorsLog: OperatorLogLine[];
}

/** Counts every submission by its current record. */
export function endedStatus({ frozen, budget, deadline, submissions, acts, canaries }: CampaignFromS3): EndedStatus {
  const counts = { open: 0, finished: 0, failed: 0, cancelled: 0 };
  const reasons: EndedStatus['reasons'] = {};
  const leftBehind: EndedStatus['leftBehind'] = [];
  const ofCanaries = costOfRuns(canaries);
  const runs = submissions.flatMap(({ records }) => records.flatMap((record) => record.runs));
  for (const one of submissions) {
    const standing = effectiveRecord(one.records);
    if (isOpen(one) || standing === undefined) {
      counts.open += 1;
      continue;
    }
    counts[standing.state] += 1;
    for (const { reason, cause } of standing.runs) {
      if (reason === 'cancelled' && cause !== undefined) leftBehind.push({ submission: one.submission, cause });
    }
    if (standing.reason) reasons[standing.reason] = (reasons[standing.reason] ?? 0) + 1;
  }
  return {
    campaign: frozen.campaign,
    state: counts.open > 0 ? 'stopped' : 'ended',
    deadline,
    submissions: submissions.length,
    counts,
    reasons,
    money: { budget, spent: ofCanaries + costOfRuns(runs), canaries: ofCanaries },
    instanceTime: instanceTime(runs, frozen.instanceClasses),
    leftBehind,
    operatorsLog: acts.slice(-50).map(({ at, act, by, reason, refused }) => ({
      at,
      act,
      by,
      ...(reason !== undefined && { reason }),
      ...(refused !== undefined && { refused }),
    })),
  };
}

/** The output of `status`. */
export function endedText(status: EndedStatus): string {
  const { campaign, state, deadline, counts, reasons, money } = status;
  const retryable = Object.keys(reasons).filter((reason) => responsibleParty(reason as Reason) !== 'team');
  return [
    state === 'ended'
      ? `${campaign} has ended; its deadline was ${instantText(Date.parse(deadline))}`
      : `${campaign} is not running, but has open submissions; continue it: npm run start-campaign -- FILE`,
    table(Object.keys(counts), [Object.values(counts).map(String)]),
    `spent ${dollars(money.spent)} of ${dollars(money.budget)}${money.canaries > 0 ? ` (canaries ${dollars(money.canaries)})` : ''}`,
    ...instanceTimeBlocks(status.instanceTime),
    ...endedBecause(reasons),
    ...list(
      'jobs that could not be ended; see whether they run: aws batch describe-jobs --jobs ID, and end them: aws batch terminate-job',
      status.leftBehind.map(({ submission, cause }) => `${submission}: ${cause}`),
    ),
    ...list(
      'failures that are not a team’s fault can be retried',
      retryable.map((reason) => retryCommand(campaign, reason)),
    ),
    ...operatorsLogText(status.operatorsLog),
  ].join('\n\n');
}

/** The command that retries the submissions that ended as budget-exhausted; undefined if there are none. */
export function retryHint({ campaign, reasons }: EndedStatus): string | undefined {
  const exhausted = reasons['budget-exhausted'];
  return exhausted === undefined
    ? undefined
    : `${exhausted} ended as budget-exhausted; to evaluate them: ${retryCommand(campaign, 'budget-exhausted')}`;
}

const retryCommand = (campaign: string, reason: string): string =>
  `npm run holdout -- retry ${campaign} --reason ${reason}`;
