import type { FrozenCampaign } from '../../campaign/model/frozen-campaign.ts';
import { effectiveSettings } from '../../campaign/operators/effective-settings.ts';
import { holdoutError } from '../../errors.ts';
import { resultObjects } from '../../ids.ts';
import { commandsOf, acceptedCommands, type ChainedCommand } from '../../ledger/command-log.ts';
import { campaignRounds } from '../../ledger/campaign-rounds.ts';
import { eachChain } from '../../ledger/ledger.ts';
import type { LedgerRecord } from '../../ledger/record.ts';
import type { Access } from '../access.ts';

/** A submission as S3 knows it. */
export interface SubmissionFromS3 {
  submission: string;
  team: string;
  teamName: string;
  /** Of the rounds that ended, oldest first. */
  records: readonly LedgerRecord[];
  /** Rounds that were asked for; more than records means that one runs or waits. */
  rounds: number;
}

/** A campaign as S3 knows it, whether its workflow runs or not. */
export interface CampaignFromS3 {
  frozen: FrozenCampaign;
  /** In micro-dollars, as operators left it. */
  budget: number;
  /** ISO instant, as operators left it. */
  deadline: string;
  /** In the order of the hand-in. */
  submissions: SubmissionFromS3[];
  acts: ChainedCommand[];
}

export const isOpen = ({ records, rounds }: SubmissionFromS3): boolean => rounds > records.length;

/** The rules of a campaign. Throws CAMPAIGN_UNKNOWN. */
export async function frozenCampaign({ store, buckets, frozen }: Access, campaign: string): Promise<FrozenCampaign> {
  if ((await store.size(buckets.results, resultObjects.campaign(campaign))) === undefined) {
    throw holdoutError('CAMPAIGN_UNKNOWN', { campaign });
  }
  return frozen.campaign(campaign);
}

/** Reads hand-in, operators' acts and ledger. Throws CAMPAIGN_UNKNOWN. */
export async function campaignFromS3(access: Access, campaign: string): Promise<CampaignFromS3> {
  const frozen = await frozenCampaign(access, campaign);
  const { store, buckets } = access;
  const acts = await commandsOf(store, buckets.results, campaign);
  const { budget, deadline } = effectiveSettings(frozen, acceptedCommands(acts));
  const { rounds, submissions } = await campaignRounds(store, buckets.results, campaign, acts);
  const asked = new Map<string, number>();
  for (const { submission, sequence } of rounds) {
    asked.set(submission, Math.max(sequence, asked.get(submission) ?? 0));
  }
  const chains = new Map<string, LedgerRecord[]>();
  await eachChain(store, buckets.results, campaign, (submission, records) => chains.set(submission, records));
  return {
    frozen,
    budget,
    deadline,
    acts,
    submissions: submissions.map(({ submission, team, teamName }) => ({
      submission,
      team,
      teamName,
      records: chains.get(submission) ?? [],
      rounds: asked.get(submission) ?? 0,
    })),
  };
}
