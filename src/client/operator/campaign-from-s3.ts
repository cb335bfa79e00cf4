import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { effectiveSettings } from '../../campaign/operators/effective-settings.ts';
import { holdoutError } from '../../errors.ts';
import type { CanaryRecord } from '../../ledger/canary-records.ts';
import { acceptedCommands, type ChainedCommand } from '../../ledger/command-log.ts';
import { readCampaignRecord } from '../../ledger/campaign-record.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import type { Access } from '../access.ts';
import { resultObjects } from '../../object-keys.ts';

/** A submission according to S3. */
export interface SubmissionFromS3 {
  submission: string;
  team: string;
  teamName: string;
  /** Records of its ended rounds, oldest first. */
  records: readonly LedgerRecord[];
  /** Requested rounds; more than records while one is open. */
  rounds: number;
}

/** A campaign according to S3, whether its workflow runs or not. */
export interface CampaignFromS3 {
  frozen: FrozenCampaign;
  /** Micro-dollars; with the changes by operators. */
  budget: number;
  /** ISO instant; with the changes by operators. */
  deadline: string;
  /** In the order of the submissions file. */
  submissions: SubmissionFromS3[];
  acts: ChainedCommand[];
  /** The ended canaries of its classes. */
  canaries: readonly CanaryRecord[];
}

export const isOpen = ({ records, rounds }: SubmissionFromS3): boolean => rounds > records.length;

/** The frozen campaign file. Throws CAMPAIGN_UNKNOWN. */
export async function frozenCampaign(
  { store, buckets, frozen }: Pick<Access, 'store' | 'buckets' | 'frozen'>,
  campaign: string,
): Promise<FrozenCampaign> {
  if ((await store.size(buckets.results, resultObjects.campaign(campaign))) === undefined) {
    throw holdoutError('CAMPAIGN_UNKNOWN', { campaign });
  }
  return frozen.campaign(campaign);
}

/** Reads and checks manifest, operator commands and ledger. Throws CAMPAIGN_UNKNOWN, RECORD_CHANGED or OBJECT_MISSING. */
export async function campaignFromS3(access: Access, campaign: string): Promise<CampaignFromS3> {
  const frozen = await frozenCampaign(access, campaign);
  const { results } = access;
  const { commands: acts, rounds, rows, chains, canaries } = await readCampaignRecord(results, frozen);
  const { budget, deadline } = effectiveSettings(frozen, acceptedCommands(acts));
  const requested = new Map<string, number>();
  for (const { submission, sequence } of rounds) {
    requested.set(submission, Math.max(sequence, requested.get(submission) ?? 0));
  }
  return {
    frozen,
    budget,
    deadline,
    acts,
    canaries,
    submissions: rows.map(({ submission, team, teamName }) => ({
      submission,
      team,
      teamName,
      records: chains.get(submission) ?? [],
      rounds: requested.get(submission) ?? 0,
    })),
  };
}
