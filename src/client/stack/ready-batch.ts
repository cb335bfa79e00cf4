import { setTimeout as delay } from 'node:timers/promises';
import { DescribeJobQueuesCommand, type BatchClient } from '@aws-sdk/client-batch';
import { ensureJobDefinitions } from '../../batch/ensure-job-definitions.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { messageOf, holdoutError } from '../../errors.ts';

const timeoutMs = 30_000;
const pollMs = 200;

/**
 * Waits until the embedded Batch endpoint knows the queues of every class, then registers their job definitions. A running
 * stack restarts its endpoint when queues are added, so it may be unreachable for a moment. Throws BATCH_NOT_READY.
 */
export async function readyBatch(
  batch: BatchClient,
  definitionPrefix: string,
  classes: readonly InstanceClass[],
): Promise<void> {
  let cause = '';
  for (const until = Date.now() + timeoutMs; Date.now() < until; await delay(pollMs)) {
    try {
      const missing = await missingQueues(batch, classes);
      if (missing.length === 0) return await ensureJobDefinitions(batch, definitionPrefix, { kind: 'local' }, classes);
      cause = `it does not know the queues ${missing.join(', ')}`;
    } catch (error) {
      cause = messageOf(error);
    }
  }
  throw holdoutError('BATCH_NOT_READY', { cause });
}

async function missingQueues(batch: BatchClient, classes: readonly InstanceClass[]): Promise<string[]> {
  const wanted = [...new Set(classes.map(({ queue }) => queue))];
  const { jobQueues } = await batch.send(new DescribeJobQueuesCommand({ jobQueues: wanted }));
  return wanted.filter((name) => !jobQueues?.some(({ jobQueueName }) => jobQueueName === name));
}
