import type { BatchClient } from '@aws-sdk/client-batch';
import type { WorkflowClient } from '@temporalio/client';
import type { JobPoller } from '../batch/job-poller.ts';
import type { RunsBucket } from '../batch/claim.ts';
import type { FrozenCampaign, InstanceClass, Manifest } from '../campaign/frozen-campaign.ts';
import type { SubmissionReport } from '../campaign/protocol.ts';
import { resultObjects } from '../ids.ts';
import type { ImageStore } from '../images/image-store.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Buckets, Settings } from '../settings.ts';

/** What the worker hands to its activities; built once per process. */
export interface Dependencies {
  settings: Settings;
  buckets: Buckets;
  store: ObjectStore;
  runs: RunsBucket;
  batch: BatchClient;
  /** `maxAttempts: 1`, for SubmitJob alone. */
  submitter: BatchClient;
  poller: JobPoller;
  images: ImageStore;
  workflows: WorkflowClient;
  /** Tells a campaign's workflow that a submission is final; a campaign that is no longer there needs no telling. */
  report: (campaign: string, report: SubmissionReport) => Promise<void>;
  frozen: FrozenReader;
}

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

/** The row of a class; the campaign file was checked, so a missing one is a fault of ours. */
export function classNamed(frozen: FrozenCampaign, name: string): InstanceClass {
  const found = frozen.instanceClasses.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(`campaign ${frozen.campaign} has no instance class ${name}`);
  return found;
}
