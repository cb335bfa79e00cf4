import type { FrozenCampaign, Manifest } from '../campaign/frozen-campaign.ts';
import { resultObjects } from '../ids.ts';
import type { ObjectStore } from '../s3/object-store.ts';

/** Reads a campaign's frozen files, once per process: they never change. */
export class FrozenReader {
  private readonly campaigns = new Map<string, Promise<FrozenCampaign>>();
  private readonly manifests = new Map<string, Promise<Manifest>>();

  constructor(
    private readonly store: ObjectStore,
    private readonly resultsBucket: string,
  ) {}

  campaign(campaign: string): Promise<FrozenCampaign> {
    return this.once(this.campaigns, campaign, resultObjects.campaign(campaign));
  }

  manifest(campaign: string): Promise<Manifest> {
    return this.once(this.manifests, campaign, resultObjects.manifest(campaign));
  }

  private once<T>(known: Map<string, Promise<T>>, campaign: string, key: string): Promise<T> {
    const reading = known.get(campaign) ?? this.store.readJson<T>(this.resultsBucket, key);
    known.set(campaign, reading);
    reading.catch(() => known.delete(campaign));
    return reading;
  }
}
