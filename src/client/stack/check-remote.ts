import { runnerHostOf } from '../../batch/definitions/runner-host.ts';
import type { QueueClass } from '../../cloud-checks/batch-queues.ts';
import { checkBucket } from '../../cloud-checks/bucket.ts';
import { callerOf } from '../../cloud-checks/caller.ts';
import { checkStart } from '../../cloud-checks/check-start.ts';
import { checkNamespace } from '../../cloud-checks/namespace.ts';
import { quickly } from '../../cloud-checks/aws-call.ts';
import { openS3Client } from '../../s3/s3-client.ts';
import type { Access } from '../access.ts';
import type { Output } from '../output.ts';

/**
 * Checks, before anything is uploaded, all that a campaign with these classes needs, and says what an operator should know. Throws
 * the first fault.
 */
export async function checkRemoteStart(
  access: Access,
  classes: readonly QueueClass[],
  say: Output['say'],
): Promise<void> {
  const { settings, temporal } = access;
  const s3 = openS3Client(settings, quickly);
  const batch = await access.openBatch();
  const { env } = process;
  try {
    const surroundings = { s3, batch, temporal, settings, env, runnerHost: runnerHostOf(env) };
    for (const note of await checkStart(surroundings, classes)) say(`note: ${note}. Who acts: the operator.`);
  } finally {
    s3.destroy();
    batch.destroy();
  }
}

/**
 * Checks what every command on a campaign needs: region, key, the bucket of the records unless the command has just checked it, the
 * namespace. Throws the first fault.
 */
export async function checkRemoteCommand(
  access: Access,
  { isRecordChecked }: { isRecordChecked: boolean },
): Promise<void> {
  const effect = 'nothing was changed';
  if (!isRecordChecked) await checkRecord(access, effect);
  await checkNamespace(access.temporal, effect);
}

/** In ms; tried twice. An abort waits for it, and is to end within half a minute while S3 is silent. */
const requestHandler = { connectionTimeout: 5_000, socketTimeout: 5_000 };

/** Checks region, key and the bucket of the records, within seconds. Throws the first fault, with this effect. */
export async function checkRecord({ settings, buckets }: Access, effect: string): Promise<void> {
  const s3 = openS3Client(settings, { ...quickly, requestHandler });
  try {
    await checkBucket(s3, buckets.results, settings.bucketOwner, await callerOf(s3, effect));
  } finally {
    s3.destroy();
  }
}
