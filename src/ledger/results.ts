import type { FrozenCampaign, Manifest } from '../campaign/frozen-campaign.ts';
import type { RunRecord } from '../campaign/protocol.ts';
import { byName } from '../campaign/by-name.ts';
import { faultOf, type Fault, type Reason, type SubmissionState } from '../campaign/reasons.ts';
import type { LeaderboardEntry } from '../scoring/leaderboard.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { allRecords } from './ledger.ts';
import type { ScoreFile } from './score-file.ts';

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
  const submissions: SubmissionSummary[] = [];
  for (const { team, teamName, submissions: rows } of manifest.teams) {
    for (const { submission, submittedAt } of rows) {
      const record = records.get(submission);
      const reason = record?.reason ?? null;
      const score = record?.score ? await scoreAt(store, bucket, record.score.key) : null;
      submissions.push({
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
      });
    }
  }
  const runs = submissions.flatMap((submission) => submission.runs);
  return {
    campaign: frozen.campaign,
    state: submissions.every(({ state }) => state !== 'queued') ? 'finished' : 'running',
    costMicroUsd: runs.reduce((sum, run) => sum + run.costMicroUsd, 0),
    costByClass: costByClass(runs),
    submissions,
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
