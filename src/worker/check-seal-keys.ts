import type { FrozenCampaign } from '../campaign/model/frozen-campaign.ts';
import { resultObjects, sealedCampaignObjects } from '../object-keys.ts';
import type { Bucket } from '../s3/object-store.ts';
import type { SealKeys } from '../sealing/seal-keys.ts';

/**
 * Checks that a scorer can open the predictions of every sealed campaign that has not published its results. Throws
 * SEAL_KEY_MISSING.
 */
export async function checkSealKeys({ results, sealKeys }: { results: Bucket; sealKeys: SealKeys }): Promise<void> {
  const { store, bucket } = results;
  for await (const key of store.list(bucket, sealedCampaignObjects.folder)) {
    const campaign = sealedCampaignObjects.campaignOf(key);
    if ((await store.size(bucket, resultObjects.results(campaign))) !== undefined) continue;
    // A start that was interrupted leaves none.
    const frozen = await store.findJson<FrozenCampaign>(bucket, resultObjects.campaign(campaign));
    if (frozen !== undefined) await sealKeys.identityOf(frozen);
  }
}
