import type { FrozenCampaign, Submission } from '../campaign/model/frozen-campaign.ts';
import { costOfRuns } from '../campaign/model/money.ts';
import type { FaultSummary } from '../campaign/model/prediction-faults.ts';
import type { RunRecord } from '../campaign/model/messages.ts';
import type { CanaryReport } from '../campaign/model/canaries/canary-report.ts';
import { byName } from '../campaign/model/by-name.ts';
import { responsibleParty, type Party, type Reason, type SubmissionState } from '../campaign/model/reasons.ts';
import type { TeamRound } from '../campaign/model/rounds.ts';
import { whyOfEnd, type Why } from '../campaign/explanation/why-failed.ts';
import type { LeaderboardEntry } from '../scoring/leaderboard.ts';
import type { Bucket } from '../s3/object-store.ts';
import { inParallel } from '../in-parallel.ts';
import { canaryReportOf } from './canary-records.ts';
import { readCampaignRecord, type CampaignRecord } from './campaign-record.ts';
import { readScore } from './checked-score.ts';
import { readsAtOnce } from './ledger.ts';
import type { LedgerRecord } from './record.ts';
import { effectiveRecord } from './chains/effective-record.ts';

/** Everything that S3 has about a campaign: the output of `results --json`. Money in micro-dollars. */
export interface CampaignResults {
  campaign: string;
  state: 'running' | 'finished';
  /** Of runs and canaries. */
  costMicroUsd: number;
  /** Of the runs. */
  costByClass: Record<string, { runs: number; billedSeconds: number; costMicroUsd: number }>;
  /** The ended canaries that opened or did not open a class; absent if there are none. */
  canaries?: CanaryReport[];
  submissions: SubmissionSummary[];
}

export interface SubmissionSummary {
  submission: string;
  team: string;
  teamName: string;
  submittedAt: string;
  state: SubmissionState;
  reason: Reason | null;
  fault: Party | null;
  detail: string | null;
  /** Null if it finished or has not ended. */
  why: Why | null;
  faults: FaultSummary | null;
  withheld: string[];
  /** Unrounded; a submission without a score is not ranked. */
  score: number | null;
  runs: RunRecord[];
  /** What it is doing now; absent if it is not running, and in the published results. */
  underWay?: { stage: SubmissionState; class: string | null };
}

/**
 * Reads the ledger and the scores: one row per submission, with the state of the effective record and the runs of all
 * rounds. A submission without a record is `queued`: only its workflow knows more. Throws RECORD_CHANGED or OBJECT_MISSING,
 * which name the object.
 */
export const collectResults = async (results: Bucket, frozen: FrozenCampaign): Promise<CampaignResults> =>
  resultsFrom(results, frozen, await readCampaignRecord(results, frozen));

/** The same from a record that was already read. */
export const resultsFrom = async (
  results: Bucket,
  { campaign }: Pick<FrozenCampaign, 'campaign'>,
  record: CampaignRecord,
): Promise<CampaignResults> => summarise(campaign, record, await scoresOf(results, record.chains));

/** The results of a record, given the score of each effective record by submission. */
export function summarise(
  campaign: string,
  { chains, rounds, rows, canaries: ended }: Pick<CampaignRecord, 'chains' | 'rounds' | 'rows' | 'canaries'>,
  scores: ReadonlyMap<string, number>,
): CampaignResults {
  const submissions = rows.map((row) =>
    summaryOf(row, chains.get(row.submission) ?? [], scores.get(row.submission) ?? null),
  );
  const runs = submissions.flatMap((submission) => submission.runs);
  const canaries = ended.map(canaryReportOf);
  const isFinal = ({ submission, sequence }: TeamRound): boolean => sequence <= (chains.get(submission)?.length ?? 0);
  return {
    campaign,
    state: rounds.every(isFinal) ? 'finished' : 'running',
    costMicroUsd: costOfRuns(runs) + costOfRuns(canaries),
    costByClass: costByClass(runs),
    ...(canaries.length > 0 && { canaries }),
    submissions,
  };
}

function summaryOf(
  { submission, team, teamName, submittedAt }: Submission,
  records: readonly LedgerRecord[],
  score: number | null,
): SubmissionSummary {
  const effective = effectiveRecord(records);
  const reason = effective?.reason ?? null;
  return {
    submission,
    team,
    teamName,
    submittedAt,
    state: effective?.state ?? 'queued',
    reason,
    fault: reason && responsibleParty(reason),
    detail: effective?.detail ?? null,
    why: whyOfEnd(reason, effective?.runs ?? []) ?? null,
    faults: effective?.faults ?? null,
    withheld: effective?.withheld ?? [],
    score,
    runs: records.flatMap(({ runs }) => runs),
  };
}

/** The content of results.json. */
export const resultsBody = (results: CampaignResults): string => `${JSON.stringify(results, null, 2)}\n`;

export const leaderboardEntries = (results: CampaignResults): LeaderboardEntry[] =>
  results.submissions.filter(({ state }) => state === 'finished');

/** The score of the effective record, by submission. */
async function scoresOf(results: Bucket, chains: ReadonlyMap<string, LedgerRecord[]>): Promise<Map<string, number>> {
  const scores = new Map<string, number>();
  await inParallel(readsAtOnce, [...chains], async ([submission, records]) => {
    const effective = effectiveRecord(records);
    const result = effective && (await readScore(results, records, effective))?.result;
    if (result?.kind === 'scored') scores.set(submission, result.score);
  });
  return scores;
}

function costByClass(runs: RunRecord[]): CampaignResults['costByClass'] {
  const totals: CampaignResults['costByClass'] = byName();
  for (const run of runs) {
    const total = (totals[run.class] ??= { runs: 0, billedSeconds: 0, costMicroUsd: 0 });
    total.runs += 1;
    total.billedSeconds += run.billedSeconds;
    total.costMicroUsd += run.costMicroUsd;
  }
  return totals;
}
