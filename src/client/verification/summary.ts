import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { leaderboardEntries, type CampaignResults } from '../../ledger/results.ts';
import type { Head } from '../../ledger/heads.ts';
import type { Fairness } from '../../ledger/verification/fairness/fairness.ts';
import type { Verification, VerifiedCampaign } from '../../ledger/verification/verify-campaign.ts';
import { publishedScore, rankLeaderboard } from '../../scoring/leaderboard.ts';
import { sha256 } from '../../sha256.ts';

/** What a host can publish of a verification: no label, no full score, no text that a submission wrote. */
export interface VerificationSummary {
  version: 1;
  campaign: string;
  /** ISO instant. */
  verifiedAt: string;
  record: 'intact' | 'changed';
  faults: number;
  unchecked: string[];
  /**
   * sha256 (hex); `ledger` is that of one line `<submission> <records> <digest of the newest>` for each, sorted, and `canaries`
   * that of one line `<key> <digest>` for each.
   */
  digests: {
    campaign: string;
    manifest: string;
    acts: string | null;
    unsealings: string | null;
    ledger: string;
    canaries: string;
  } | null;
  checked: { objects: number; records: number; scores: number } | null;
  submissions: Partial<Record<string, number>>;
  runs: number;
  costMicroUsd: number;
  fairness: Fairness | null;
  leaderboard: { rank: number; team: string; submission: string; score: string }[];
  /** Ed25519, PEM; as campaign.json has it. */
  publicKey: string | null;
}

export function summaryOf(
  campaign: string,
  { faults, unchecked, verified }: Verification,
  now: Date,
): VerificationSummary {
  const empty: CampaignResults = { campaign, state: 'running', costMicroUsd: 0, costByClass: {}, submissions: [] };
  const { frozen, results = empty, fairness = null, counts = null, heads } = verified ?? {};
  const rows = frozen ? rankLeaderboard(leaderboardEntries(results), frozen.leaderboard) : [];
  const submissions: Partial<Record<string, number>> = {};
  for (const { state } of results.submissions) submissions[state] = (submissions[state] ?? 0) + 1;
  return {
    version: 1,
    campaign,
    verifiedAt: now.toISOString(),
    record: faults.length === 0 ? 'intact' : 'changed',
    faults: faults.length,
    unchecked,
    digests: frozen && heads ? digestsOf(frozen, heads) : null,
    checked: counts,
    submissions,
    runs: results.submissions.reduce((sum, { runs }) => sum + runs.length, 0),
    costMicroUsd: results.costMicroUsd,
    fairness,
    leaderboard: rows.map(({ rank, teamId: team, submission, score }) => ({
      rank,
      team,
      submission,
      score: publishedScore(score),
    })),
    publicKey: frozen?.recordKey ?? null,
  };
}

const digestsOf = (
  { manifest }: FrozenCampaign,
  { campaign, acts, unsealings, ledger, canaries = {} }: VerifiedCampaign['heads'],
): VerificationSummary['digests'] => ({
  campaign,
  manifest: manifest.digest,
  acts: acts.newest,
  unsealings: unsealings.newest,
  ledger: ledgerDigest(ledger),
  canaries: digestOfLines(Object.entries(canaries).map(([key, digest]) => `${key} ${digest}\n`)),
});

const ledgerDigest = (ledger: Record<string, Head>): string =>
  digestOfLines(
    Object.entries(ledger)
      .filter(([, { records }]) => records > 0)
      .map(([submission, { records, newest }]) => `${submission} ${records} ${newest ?? ''}\n`),
  );

const digestOfLines = (lines: readonly string[]): string => sha256([...lines].sort().join(''));
