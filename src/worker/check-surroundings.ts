import { HeadBucketCommand, type S3Client, type S3ServiceException } from '@aws-sdk/client-s3';
import type { Client } from '@temporalio/client';
import { messageOf, holdoutError } from '../errors.ts';
import type { TaskQueueName } from '../ids.ts';
import { ecrHostOf, hostOf } from '../registry/ecr-host.ts';
import { ecrToken } from '../registry/ecr-token.ts';
import { openS3Client } from '../s3/s3-client.ts';
import { bucketsOf, type Buckets, type Settings } from '../settings.ts';

/** The buckets that the activities of each queue need. */
const bucketsOfQueue: Record<TaskQueueName, (keyof Buckets)[]> = {
  main: ['runs', 'results'],
  images: ['images', 'results'],
  submit: ['runs'],
  await: ['runs'],
  score: ['labels', 'inputs', 'runs', 'results'],
};

/**
 * Checks before the first poll that a worker has what its queues need, since it would take tasks and fail them otherwise.
 * Throws WORKER_UNREADY, REGISTRY_LOGIN_FAILED, BUCKET_UNUSABLE or S3_UNREACHABLE.
 */
export async function checkSurroundings(queues: readonly TaskQueueName[], settings: Settings): Promise<void> {
  if (queues.includes('images')) await checkImageStore(settings.imageStore);
  const client = openS3Client(settings, {
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 },
  });
  try {
    const accessKeyId = await identityOf(client);
    const names = new Set(queues.flatMap((queue) => bucketsOfQueue[queue]));
    const who = { accessKeyId, owner: settings.bucketOwner };
    for (const name of names) await checkBucket(client, bucketsOf(settings)[name], who);
  } finally {
    client.destroy();
  }
}

/** There has to be a store, and if it is in ECR, a login to it. */
async function checkImageStore(store: string): Promise<void> {
  if (store === '') {
    throw holdoutError('WORKER_UNREADY', {
      missing: 'an image store for the queue images',
      next: 'Set HOLDOUT_IMAGE_STORE=docker://REGISTRY/REPOSITORY (or oci:/FOLDER), or leave the queue out with --queues.',
    });
  }
  const host = ecrHostOf(hostOf(store) ?? '');
  if (host !== undefined) await ecrToken(host);
}

/** The access key id that signs the requests. */
async function identityOf({ config }: S3Client): Promise<string> {
  await required('an AWS region', config.region(), 'Set AWS_REGION, or AWS_PROFILE to a profile that has one.');
  const next = 'Set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the host a role.';
  return (await required('AWS credentials', config.credentials(), next)).accessKeyId;
}

/** Whose key signs the requests, and who has to own the buckets. */
interface Identities {
  accessKeyId: string;
  owner: string | undefined;
}

const required = <Value>(missing: string, value: Promise<Value>, next: string): Promise<Value> =>
  value.catch((error: unknown) => {
    throw holdoutError('WORKER_UNREADY', { missing, next }, error);
  });

async function checkBucket(client: S3Client, bucket: string, who: Identities): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    // A response to HEAD has no body, only a status.
    const status = (error as Partial<S3ServiceException>).$metadata?.httpStatusCode;
    const why = status === undefined ? undefined : refusals[status];
    if (why !== undefined) throw holdoutError('BUCKET_UNUSABLE', { bucket, why: why(who) }, error);
    const endpoint = process.env['AWS_ENDPOINT_URL_S3'] ?? 'AWS';
    throw holdoutError('S3_UNREACHABLE', { bucket, endpoint, cause: messageOf(error) }, error);
  }
}

const refusals: Record<number, (who: Identities) => string> = {
  301: () => 'is in another region',
  400: ({ accessKeyId }) => `rejects the key ${accessKeyId}`,
  403: ({ accessKeyId, owner }) =>
    `denies access to the key ${accessKeyId}${owner === undefined ? '' : ` or does not belong to account ${owner}`}`,
  404: () => 'does not exist',
};

/** Throws TEMPORAL_NAMESPACE_MISSING if the server has no such namespace. */
export async function checkNamespace({ workflowService }: Client, namespace: string): Promise<void> {
  try {
    await workflowService.describeNamespace({ namespace });
  } catch (error) {
    if ((error as { code?: number }).code === grpcNotFound) {
      throw holdoutError('TEMPORAL_NAMESPACE_MISSING', { namespace }, error);
    }
    throw error;
  }
}

/** `NOT_FOUND` of gRPC. */
const grpcNotFound = 5;
