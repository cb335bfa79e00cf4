import type { FrozenCampaign, Manifest, Submission } from '../campaign/frozen-campaign.ts';
import { costOfRuns } from '../campaign/money.ts';
import type { RunRecord } from '../campaign/protocol.ts';
import { byName } from '../campaign/by-name.ts';
import { faultOf, type Fault, type Reason, type SubmissionState } from '../campaign/reasons.ts';
import type { LeaderboardEntry } from '../scoring/leaderboard.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { inParallel } from '../in-parallel.ts';
import { allRecords } from './ledger.ts';
import type { LedgerRecord } from './record.ts';
import type { ScoreFile } from './score-file.ts';

const readsAtOnce = 16;

/** Everything known about a campaign from S3 alone: the object of `results --json`. Money in micro-dollars. */
export interface CampaignResults {
  campaign: string;
  state: 'running' | 'finished';
  costMicroUsd: number;
  costByClass: Record<string, { runs: number; billedSeconds: number; costMicroUsd: number }>;
  submissions: SubmissionSummary[];
}

export interface SubmissionSummary {
  submission: string;
  team: string;
  teamName: string;
  submittedAt: string;
  state: SubmissionState;
  reason: Reason | null;
  fault: Fault | null;
  detail: string | null;
  /** Unrounded; null never ranks. */
  score: number | null;
  runs: RunRecord[];
}

/** Reads ledger and scores. A submission without a record is `queued`: only the campaign's workflow knows more. */
export async function collectResults(
  store: ObjectStore,
  bucket: string,
  frozen: FrozenCampaign,
  manifest: Manifest,
): Promise<CampaignResults> {
  const records = await allRecords(store, bucket, frozen.campaign);
  const scores = new Map<string, number | null>();
  await inParallel(readsAtOnce, [...records.values()], async ({ submission, score }) => {
    if (score) scores.set(submission, await scoreAt(store, bucket, score.key));
  });
  const submissions = manifest.teams.flatMap(({ teamName, submissions: rows }) =>
    rows.map((row) => summaryOf(row, teamName, records.get(row.submission), scores.get(row.submission) ?? null)),
  );
  const runs = submissions.flatMap((submission) => submission.runs);
  return {
    campaign: frozen.campaign,
    state: submissions.every(({ state }) => state !== 'queued') ? 'finished' : 'running',
    costMicroUsd: costOfRuns(runs),
    costByClass: costByClass(runs),
    submissions,
  };
}

function summaryOf(
  { submission, team, submittedAt }: Submission,
  teamName: string,
  record: LedgerRecord | undefined,
  score: number | null,
): SubmissionSummary {
  const reason = record?.reason ?? null;
  return {
    submission,
    team,
    teamName,
    submittedAt,
    state: record?.state ?? 'queued',
    reason,
    fault: reason && faultOf(reason),
    detail: record?.detail ?? null,
    score,
    runs: record?.runs ?? [],
  };
}

/** The finished submissions, as the leaderboard takes them. */
export const leaderboardEntries = (results: CampaignResults): LeaderboardEntry[] =>
  results.submissions.filter(({ state }) => state === 'finished');

async function scoreAt(store: ObjectStore, bucket: string, key: string): Promise<number | null> {
  const { result } = await store.readJson<ScoreFile>(bucket, key);
  return result.kind === 'scored' ? result.score : null;
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
