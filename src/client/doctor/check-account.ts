import type { S3Client } from '@aws-sdk/client-s3';
import { identityOf, type Identity } from '../../cloud-checks/caller-identity.ts';
import { checkBucket } from '../../cloud-checks/bucket.ts';
import { hasAwsAccount, type Caller } from '../../cloud-checks/caller.ts';
import { skewKind, skewText } from '../../cloud-checks/rules/clock-skew.ts';
import { checkImageStore, scanOnPush } from '../../cloud-checks/image-store.ts';
import { note, ok, type Requirement } from '../../requirement.ts';
import { bucketsOf, type Settings } from '../../settings.ts';
import { attempt, attemptIfAllowed } from './attempt.ts';

/** Who calls, by STS. `identity` is absent if there is no account to ask or it refused. */
export async function checkIdentity(
  caller: Caller,
  settings: Settings,
): Promise<{ requirements: Requirement[]; identity?: Identity }> {
  const what = 'account';
  if (!hasAwsAccount(process.env)) {
    return { requirements: [note(what, 'not checked: AWS_ENDPOINT_URL_S3 names a server that is not AWS')] };
  }
  const found: { identity?: Identity } = {};
  const requirement = await attempt(what, async () => {
    found.identity = await identityOf(caller, settings.bucketOwner);
    return `${found.identity.account}, as ${found.identity.arn}`;
  });
  return { requirements: [requirement, ...(found.identity ? [clock(found.identity)] : [])], ...found };
}

function clock({ skewMs }: Identity): Requirement {
  if (skewMs === undefined) return note('clock', 'not checked: AWS’s answer has no Date');
  const found = `${skewText(skewMs)} AWS’s`;
  return skewKind(skewMs) === 'right'
    ? ok('clock', found)
    : note('clock', `${found}; from 300 s on AWS refuses every request: timedatectl set-ntp true`);
}

/** Each of the five buckets: there, of the owner, in the region, and listed. */
export const checkBuckets = (s3: S3Client, settings: Settings, caller: Caller): Promise<Requirement[]> =>
  Promise.all(
    (Object.values(bucketsOf(settings)) as string[]).map((bucket) =>
      attempt(`bucket ${bucket.slice(settings.bucketPrefix.length)}`, async () => {
        await checkBucket(s3, bucket, settings.bucketOwner, caller);
        const owner = settings.bucketOwner === undefined ? 'owner not checked' : `of account ${settings.bucketOwner}`;
        return `${bucket}, ${owner}, in ${caller.region}`;
      }),
    ),
  );

/** The image store and its scan. Commands need none, the workers of the queue `images` do. */
export async function checkStore(settings: Settings, caller: Caller): Promise<Requirement[]> {
  const { imageStore, imageScan } = settings;
  if (imageStore === '') {
    return [note('image store', 'not checked: HOLDOUT_IMAGE_STORE is not set here; the workers need it')];
  }
  const reachable = await attemptIfAllowed('image store', async () => {
    await checkImageStore(imageStore, caller);
    return imageStore;
  });
  if (reachable.state !== 'ok') return [reachable];
  const scan = await attemptIfAllowed('scan of images', async () => {
    const isOn = await scanOnPush(imageStore, caller);
    if (isOn === undefined) return note('scan of images', 'the store is not ECR; its scan is not known');
    if (isOn) return `on push; HOLDOUT_IMAGE_SCAN=${imageScan}`;
    return note('scan of images', `the repository does not scan on push; HOLDOUT_IMAGE_SCAN is ${imageScan}`);
  });
  return [reachable, scan];
}
