import type { BatchClient } from '@aws-sdk/client-batch';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Client } from '@temporalio/client';
import type { RunnerHost } from '../batch/definitions/job-definition.ts';
import { bucketsOf, type Settings } from '../settings.ts';
import { callerIdentity } from './caller-identity.ts';
import { checkQueue, type QueueClass } from './batch-queues.ts';
import { checkBucket } from './bucket.ts';
import { callerOf, hasAwsAccount, type Caller } from './caller.ts';
import { checkImageStore } from './image-store.ts';
import { checkJobDefinition } from './job-definition.ts';
import { checkJobRole } from './job-role.ts';
import { checkNamespace } from './namespace.ts';
import { checkPollers } from './pollers.ts';
import { checkRunnerImage } from './runner-image.ts';
import { checkSearchAttributes } from './search-attributes.ts';
import { unlessUnknown } from './unless-unknown.ts';

/** Everything that a campaign uses. */
export interface Surroundings {
  s3: S3Client;
  batch: BatchClient;
  temporal: Client;
  settings: Settings;
  env: NodeJS.ProcessEnv;
  /** The host of which this start registers job definitions; undefined if they are registered already. */
  runnerHost: RunnerHost | undefined;
}

const effect = 'nothing was uploaded or started';

/**
 * Checks what a campaign needs before anything is uploaded, the outermost first: key and account, buckets, Temporal, workers,
 * then each class. Throws the first fault; returns what an operator should know and may leave as it is.
 */
export async function checkStart(surroundings: Surroundings, classes: readonly QueueClass[]): Promise<string[]> {
  const { s3, temporal, settings, env } = surroundings;
  const caller = await callerOf(s3, effect);
  if (hasAwsAccount(env)) await callerIdentity(caller, settings.bucketOwner);
  for (const bucket of Object.values(bucketsOf(settings)) as string[]) {
    await checkBucket(s3, bucket, settings.bucketOwner, caller);
  }
  if (settings.imageStore !== '') await unlessUnknown(checkImageStore(settings.imageStore, caller));
  await checkNamespace(temporal, effect);
  await checkSearchAttributes(temporal, effect);
  const notes = await checkHosts(surroundings, classes, caller);
  await checkPollers(temporal, effect);
  return notes;
}

async function checkHosts(
  { batch, settings, env, runnerHost }: Surroundings,
  classes: readonly QueueClass[],
  caller: Caller,
): Promise<string[]> {
  const { jobDefinition: prefix, bucketPrefix, bucketOwner } = settings;
  const installation = { prefix, region: caller.region, bucketPrefix, bucketOwner };
  const images = new Set<string>();
  const roles = new Set<string>();
  const notes: string[] = [];
  for (const instanceClass of classes) {
    const { unused } = await checkQueue(batch, instanceClass, bucketPrefix, caller);
    if (unused !== undefined) notes.push(`each job of class ${instanceClass.name} ${unused}`);
    const host = await checkJobDefinition(batch, instanceClass, installation, runnerHost, caller);
    if (host.kind === 'local') continue;
    images.add(host.image);
    roles.add(host.jobRoleArn);
  }
  if (!hasAwsAccount(env)) return notes;
  for (const role of roles) await unlessUnknown(checkJobRole(role, caller));
  for (const image of images) await unlessUnknown(checkRunnerImage(image, caller));
  return notes;
}
