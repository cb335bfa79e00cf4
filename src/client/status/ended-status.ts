import { costOfRuns, dollars } from '../../campaign/model/money.ts';
import { responsibleParty, type FinalState, type Reason } from '../../campaign/model/reasons.ts';
import { instantText } from '../../campaign/model/units.ts';
import { standingRecord } from '../../ledger/record.ts';
import { isOpen, type CampaignFromS3 } from '../operator/campaign-from-s3.ts';
import { endedBecause, list, operators } from './status-text.ts';
import { table } from '../table.ts';
import type { OperatorLogLine } from '../../campaign/state/campaign-state.ts';

/** How a campaign stands whose workflow does not run; money in micro-dollars. */
export interface EndedStatus {
  campaign: string;
  /** `stopped`: rounds are open, but no workflow goes on with them. */
  state: 'ended' | 'stopped';
  deadline: string;
  submissions: number;
  counts: Record<'open' | FinalState, number>;
  reasons: Partial<Record<Reason, number>>;
  money: { budget: number; spent: number };
  operatorsLog: OperatorLogLine[];
}

/** Counts every submission by the record it stands by. */
export function endedStatus({ frozen, budget, deadline, submissions, acts }: CampaignFromS3): EndedStatus {
  const counts = { open: 0, finished: 0, failed: 0, cancelled: 0 };
  const reasons: EndedStatus['reasons'] = {};
  let spent = 0;
  for (const one of submissions) {
    spent += one.records.reduce((sum, { runs }) => sum + costOfRuns(runs), 0);
    const standing = standingRecord(one.records);
    if (isOpen(one) || standing === undefined) {
      counts.open += 1;
      continue;
    }
    counts[standing.state] += 1;
    if (standing.reason) reasons[standing.reason] = (reasons[standing.reason] ?? 0) + 1;
  }
  return {
    campaign: frozen.campaign,
    state: counts.open > 0 ? 'stopped' : 'ended',
    deadline,
    submissions: submissions.length,
    counts,
    reasons,
    money: { budget, spent },
    operatorsLog: acts.slice(-50).map(({ at, act, by, reason, refused }) => ({
      at,
      act,
      by,
      ...(reason !== undefined && { reason }),
      ...(refused !== undefined && { refused }),
    })),
  };
}

/** What `status` prints of it. */
export function endedText(status: EndedStatus): string {
  const { campaign, state, deadline, counts, reasons, money } = status;
  const again = Object.keys(reasons).filter((reason) => responsibleParty(reason as Reason) !== 'team');
  return [
    state === 'ended'
      ? `${campaign} has ended; its deadline was ${instantText(Date.parse(deadline))}`
      : `${campaign} does not run, though not all of it has ended: npm run start-campaign -- FILE goes on with it`,
    table(Object.keys(counts), [Object.values(counts).map(String)]),
    `spent ${dollars(money.spent)} of ${dollars(money.budget)}`,
    ...endedBecause(reasons),
    ...list(
      'what no team is to blame for can run again',
      again.map((reason) => retryCommand(campaign, reason)),
    ),
    ...operators(status.operatorsLog),
  ].join('\n\n');
}

/** After budget or deadline of an ended campaign were changed: whom that may help, and the command that does it. */
export function retryHint({ campaign, reasons }: EndedStatus): string | undefined {
  const exhausted = reasons['budget-exhausted'];
  return exhausted === undefined
    ? undefined
    : `${exhausted} ended budget-exhausted; to run them: ${retryCommand(campaign, 'budget-exhausted')}`;
}

const retryCommand = (campaign: string, reason: string): string =>
  `npm run holdout -- retry ${campaign} --reason ${reason}`;
