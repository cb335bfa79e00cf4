import type { Manifest } from '../campaign/model/frozen-campaign.ts';
import { roundsOf, type CampaignRounds } from '../campaign/model/rounds.ts';
import type { AddedRounds } from '../campaign/model/work-list.ts';
import type { Bucket } from '../s3/object-store.ts';
import type { ChainedCommand } from './command-log.ts';
import { resultObjects } from '../object-keys.ts';

/** Every round of a campaign: those of the frozen submissions and those that accepted commands added. */
export async function campaignRounds(
  results: Bucket,
  campaign: string,
  commands: readonly ChainedCommand[],
): Promise<CampaignRounds> {
  const { store, bucket } = results;
  const manifest = await store.readJson<Manifest>(bucket, resultObjects.manifest(campaign));
  const added: AddedRounds[] = [];
  for (const { message: command } of commands) {
    if (command === null || !('rounds' in command.message)) continue;
    added.push(await store.readJson<AddedRounds>(bucket, command.message.rounds));
  }
  return roundsOf(manifest, added);
}
