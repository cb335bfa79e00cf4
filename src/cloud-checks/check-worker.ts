import { DescribeJobDefinitionsCommand, DescribeJobQueuesCommand } from '@aws-sdk/client-batch';
import { openBatchClients } from '../batch/batch-clients.ts';
import { holdoutError } from '../errors.ts';
import type { TaskQueueName } from '../ids.ts';
import { openS3Client } from '../s3/s3-client.ts';
import { bucketsOf, type Buckets, type Settings } from '../settings.ts';
import { awsCall, quickly } from './aws-call.ts';
import { checkBucket } from './bucket.ts';
import { callerOf, type Caller } from './caller.ts';
import { checkImageStore } from './image-store.ts';
import { unlessUnknown } from './unless-unknown.ts';

/** The buckets that the activities of each queue need: all of them read the frozen campaign in the results. */
const bucketsOfQueue: Record<TaskQueueName, (keyof Buckets)[]> = {
  main: ['runs', 'results'],
  images: ['images', 'results'],
  submit: ['runs', 'results'],
  await: ['runs', 'results'],
  score: ['labels', 'inputs', 'runs', 'results'],
};

/** The queues whose activities call Batch; those of main end jobs that no other worker can. */
const batchQueues: readonly TaskQueueName[] = ['main', 'submit', 'await'];

export const takesNoTasks = 'this worker takes no tasks';

/**
 * Checks before the first poll that a worker has what its queues need, since it would take tasks and fail them otherwise.
 * Throws the first fault: region, credentials, image store, buckets, Batch.
 */
export async function checkWorker(queues: readonly TaskQueueName[], settings: Settings): Promise<void> {
  const client = openS3Client(settings, quickly);
  try {
    const caller = await callerOf(client, takesNoTasks);
    if (queues.includes('images')) await checkStore(settings.imageStore, caller);
    const names = new Set(queues.flatMap((queue) => bucketsOfQueue[queue]));
    for (const name of names) await checkBucket(client, bucketsOf(settings)[name], settings.bucketOwner, caller);
    // The embedded endpoint starts beside its workers, and may be a moment later.
    const isRemote = process.env['HOLDOUT_STACK'] === 'remote';
    if (isRemote && queues.some((queue) => batchQueues.includes(queue))) await checkBatch(caller);
  } finally {
    client.destroy();
  }
}

function checkStore(store: string, caller: Caller): Promise<void> {
  if (store !== '') return unlessUnknown(checkImageStore(store, caller));
  throw holdoutError('WORKER_UNREADY', {
    missing: 'an image store for the queue images',
    next: 'Set HOLDOUT_IMAGE_STORE=docker://REGISTRY/REPOSITORY (or oci:/FOLDER), or leave the queue out with --queues.',
  });
}

/** A worker serves every campaign, so it only needs to be able to look; the start of a campaign checks its queues. */
async function checkBatch(caller: Caller): Promise<void> {
  const { batch, submitter } = openBatchClients();
  try {
    await awsCall(caller, 'batch:DescribeJobQueues', 'the queues', () => batch.send(new DescribeJobQueuesCommand({})));
    await awsCall(caller, 'batch:DescribeJobDefinitions', 'the job definitions', () =>
      batch.send(new DescribeJobDefinitionsCommand({ status: 'ACTIVE', maxResults: 1 })),
    );
  } finally {
    batch.destroy();
    submitter.destroy();
  }
}
