import type { WorkflowClient } from '@temporalio/client';
import type { BatchClients } from '../batch/batch-clients.ts';
import type { JobDefinitionRevisions } from '../batch/definitions/newest-revision.ts';
import type { JobEnder } from '../batch/job-ender.ts';
import type { JobPoller } from '../batch/job-poller.ts';
import type { FrozenCampaign, InstanceClass } from '../campaign/model/frozen-campaign.ts';
import type { SubmissionReport } from '../campaign/model/messages.ts';
import type { ImageStore } from '../images/store/image-store.ts';
import type { FrozenReader } from '../ledger/frozen-reader.ts';
import type { SealKeys } from '../sealing/seal-keys.ts';
import type { ObjectStore, Bucket } from '../s3/object-store.ts';
import type { Buckets, Settings } from '../settings.ts';

/** The dependencies of activities; built once per worker process. */
export interface Dependencies extends BatchClients {
  settings: Settings;
  buckets: Buckets;
  store: ObjectStore;
  runs: Bucket;
  results: Bucket;
  poller: JobPoller;
  definitions: JobDefinitionRevisions;
  ender: JobEnder;
  images: ImageStore;
  workflows: WorkflowClient;
  /** Reports a final submission to its campaign's workflow; does nothing if that workflow has ended. */
  report: (campaign: string, report: SubmissionReport) => Promise<void>;
  frozen: FrozenReader;
  /** Of the scorer, which opens sealed predictions. */
  sealKeys: SealKeys;
}

export type WorkflowDependencies = Pick<Dependencies, 'workflows'>;

/** A class by its name. The campaign file was checked, so a missing class is a bug. */
export function classNamed(frozen: FrozenCampaign, name: string): InstanceClass {
  const found = frozen.instanceClasses.find((candidate) => candidate.name === name);
  if (found === undefined) throw new RangeError(`campaign ${frozen.campaign} has no instance class ${name}`);
  return found;
}
