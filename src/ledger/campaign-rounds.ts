import type { Manifest } from '../campaign/model/frozen-campaign.ts';
import { roundsOf, type CampaignRounds } from '../campaign/model/rounds.ts';
import type { AddedRounds } from '../campaign/model/work-list.ts';
import { resultObjects } from '../ids.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { ChainedCommand } from './command-log.ts';

/** Every round of a campaign: of the frozen hand-in, and what the operators' acts that were taken added to it. */
export async function campaignRounds(
  store: ObjectStore,
  bucket: string,
  campaign: string,
  acts: readonly ChainedCommand[],
): Promise<CampaignRounds> {
  const handIn = await store.readJson<Manifest>(bucket, resultObjects.manifest(campaign));
  const added: AddedRounds[] = [];
  for (const { message: act } of acts) {
    if (act === null || !('rounds' in act.message)) continue;
    added.push(await store.readJson<AddedRounds>(bucket, act.message.rounds));
  }
  return roundsOf(handIn, added);
}
