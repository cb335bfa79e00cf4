import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';
import { roundsOf, type CampaignRounds } from '../campaign/model/rounds.ts';
import type { AddedRounds } from '../campaign/model/work-list.ts';
import type { Bucket } from '../s3/object-store.ts';
import type { ChainedCommand } from './command-log.ts';
import { readByDigest } from './read-pinned.ts';
import { manifestOf } from './frozen-reader.ts';

/** Every round of a campaign: those of the frozen submissions and those that accepted commands added. Throws RECORD_CHANGED. */
export async function campaignRounds(
  results: Bucket,
  frozen: Pick<FrozenCampaign, 'campaign' | 'manifest'>,
  commands: readonly ChainedCommand[],
): Promise<CampaignRounds> {
  const manifest = await manifestOf(results, frozen);
  const added: AddedRounds[] = [];
  for (const { message: command } of commands) {
    if (command === null || !('rounds' in command.message)) continue;
    added.push(await readByDigest<AddedRounds>(results, command.message.rounds));
  }
  return roundsOf(manifest, added);
}
