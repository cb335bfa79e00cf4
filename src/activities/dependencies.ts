import type { WorkflowClient } from '@temporalio/client';
import type { BatchClients } from '../batch/batch-clients.ts';
import type { JobPoller } from '../batch/job-poller.ts';
import type { RunsBucket } from '../batch/claim.ts';
import type { FrozenCampaign, InstanceClass } from '../campaign/model/frozen-campaign.ts';
import type { SubmissionReport } from '../campaign/model/messages.ts';
import type { ImageStore } from '../images/store/image-store.ts';
import type { FrozenReader } from '../ledger/frozen-reader.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Buckets, Settings } from '../settings.ts';

/** What the worker hands to its activities; built once per process. */
export interface Dependencies extends BatchClients {
  settings: Settings;
  buckets: Buckets;
  store: ObjectStore;
  runs: RunsBucket;
  poller: JobPoller;
  images: ImageStore;
  workflows: WorkflowClient;
  /** Tells a campaign's workflow that a submission is final; a campaign that is no longer there needs no telling. */
  report: (campaign: string, report: SubmissionReport) => Promise<void>;
  frozen: FrozenReader;
}

/** The row of a class; the campaign file was checked, so a missing one is a fault of ours. */
export function classNamed(frozen: FrozenCampaign, name: string): InstanceClass {
  const found = frozen.instanceClasses.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(`campaign ${frozen.campaign} has no instance class ${name}`);
  return found;
}
