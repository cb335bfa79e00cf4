import { DescribeJobQueuesCommand, type BatchClient } from '@aws-sdk/client-batch';
import { ensureJobDefinitions } from '../../batch/definitions/ensure-job-definitions.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { messageOf, holdoutError } from '../../errors.ts';
import { retryFor } from '../../retry-for.ts';

const polling = { limit: 30_000, firstPause: 200, longestPause: 200, isPermanent: () => false };

/**
 * Waits until the embedded Batch endpoint knows the queues of every class, then registers their job definitions. A running
 * stack restarts its endpoint when queues are added, so it may be unreachable for a moment. Throws BATCH_NOT_READY.
 */
export async function readyBatch(
  batch: BatchClient,
  definitionPrefix: string,
  classes: readonly InstanceClass[],
): Promise<void> {
  const register = async (): Promise<void> => {
    const missing = await missingQueues(batch, classes);
    if (missing.length > 0) throw new Error(`it does not know the queues ${missing.join(', ')}`);
    await ensureJobDefinitions(batch, definitionPrefix, { kind: 'local' }, classes);
  };
  await retryFor(register, polling).catch((error: unknown) => {
    throw holdoutError('BATCH_NOT_READY', { cause: messageOf(error) }, error);
  });
}

async function missingQueues(batch: BatchClient, classes: readonly InstanceClass[]): Promise<string[]> {
  const wanted = [...new Set(classes.map(({ queue }) => queue))];
  const { jobQueues } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: wanted }));
  return wanted.filter((name) => !jobQueues?.some(({ jobQueueName }) => jobQueueName === name));
}
