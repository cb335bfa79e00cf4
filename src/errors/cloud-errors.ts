import type { Actor } from './actor.ts';
import { platformError, userError, type CatalogueEntry } from './entry.ts';

/** What has not happened because of an error: `nothing was uploaded or started`. */
interface Effect {
  effect?: string | undefined;
}

type Who<Details> = Actor | ((details: Details) => Actor);

/** An error of the cloud, which always says who acts: the reader may not be the one. */
const cloudError =
  (make: typeof userError) =>
  <Details>(
    who: Who<Details & Effect>,
    says: CatalogueEntry<Details & Effect>['says'],
    next: CatalogueEntry<Details & Effect>['next'],
  ) => ({
    ...make((details: Details & Effect) => {
      const { effect } = details;
      const end = effect === undefined ? '' : `; ${effect}`;
      return `${says(details)}${end}. Who acts: the ${typeof who === 'function' ? who(details) : who}.`;
    }, next),
    who,
  });

const byUser = cloudError(userError);
const byPlatform = cloudError(platformError);

/** Errors of the AWS account and the Temporal namespace that a campaign or a worker is to use. */
export const cloudErrors = {
  AWS_REGION_MISSING: byUser<object>(
    'operator',
    () => 'No AWS region is set',
    'Set the region of buckets and queues: export AWS_REGION=us-east-1 (or AWS_PROFILE to a profile that has one).',
  ),
  AWS_CREDENTIALS_MISSING: byUser<{ cause: string }>(
    'operator',
    (d) => `No AWS credentials were found (${d.cause})`,
    'Log in, for instance: aws sso login --profile NAME, with AWS_PROFILE set to NAME or to a profile that takes a role by it; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ),
  AWS_KEY_REFUSED: byUser<{ key: string; why: string }>(
    'operator',
    (d) => `The AWS key ${d.key} ${d.why}`,
    'Correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE, then check: aws sts get-caller-identity',
  ),
  AWS_ACCESS_DENIED: byUser<{ key: string; call: string; target: string; cause: string }>(
    'administrator of the AWS account',
    (d) => `The AWS key ${d.key} lacks the right ${d.call} on ${d.target}: ${d.cause}`,
    'Add the right to the role, or use another one: AWS_PROFILE=NAME. All rights: npm run holdout -- doctor --aws',
  ),
  AWS_ACCOUNT_DIFFERS: byUser<{ key: string; account: string; owner: string }>(
    'operator',
    (d) => `The AWS key ${d.key} belongs to account ${d.account}, HOLDOUT_BUCKET_OWNER is ${d.owner}`,
    'Use a key of that account (AWS_PROFILE=NAME), or correct HOLDOUT_BUCKET_OWNER.',
  ),
  AWS_CALL_FAILED: byPlatform<{ call: string; target: string; cause: string }>(
    'operator',
    (d) => `${d.call} on ${d.target} failed: ${d.cause}`,
    'Check network, region and endpoint, then run the same command again: npm run holdout -- doctor --aws',
  ),
  /** `skew`: `600 s ahead of`, or `too far from` if it could not be measured. */
  CLOCK_SKEWED: byUser<{ skew: string }>(
    'operator',
    (d) => `The clock of this machine is ${d.skew} that of AWS, which refuses requests signed more than 300 s off`,
    'Synchronise it: timedatectl set-ntp true',
  ),
  BUCKET_UNUSABLE: byUser<{ bucket: string; why: string; who: Actor }>(
    (d) => d.who,
    (d) => `The bucket ${d.bucket} ${d.why}`,
    'Check HOLDOUT_BUCKET_PREFIX, HOLDOUT_BUCKET_OWNER, AWS_REGION, HOLDOUT_S3_PATH_STYLE and the permissions of the key: npm run holdout -- doctor --aws',
  ),
  S3_UNREACHABLE: byPlatform<{ bucket: string; endpoint: string; cause: string }>(
    'operator',
    (d) => `S3 cannot be reached at ${d.endpoint} (bucket ${d.bucket}): ${d.cause}`,
    'Check the network and AWS_ENDPOINT_URL_S3, then run the same command again.',
  ),
  QUEUE_UNUSABLE: byUser<{ queue: string; instanceClass: string; why: string; next: string; who: Actor }>(
    (d) => d.who,
    (d) => `The Batch queue ${d.queue} of class ${d.instanceClass} ${d.why}`,
    (d) => d.next,
  ),
  JOB_DEFINITION_UNUSABLE: byUser<{ jobDefinition: string; instanceClass: string; why: string; next: string }>(
    'operator',
    (d) => `The job definition ${d.jobDefinition} of class ${d.instanceClass} ${d.why}`,
    (d) => d.next,
  ),
  JOB_ROLE_MISSING: byUser<{ role: string }>(
    'administrator of the AWS account',
    (d) => `The role ${d.role}, which the job definitions name, does not exist`,
    'Create it: npm --prefix infra run deploy -- --all; or correct HOLDOUT_JOB_ROLE and register new definitions.',
  ),
  RUNNER_IMAGE_MISSING: byUser<{ image: string; why: string }>(
    'operator',
    (d) => `The runner image ${d.image} ${d.why}`,
    'Push it, or set HOLDOUT_RUNNER_IMAGE to an image by digest that is there: aws ecr describe-images --repository-name REPOSITORY',
  ),
  IMAGE_STORE_UNUSABLE: byUser<{ store: string; why: string }>(
    'administrator of the AWS account',
    (d) => `The image store ${d.store} ${d.why}`,
    'Correct HOLDOUT_IMAGE_STORE, or create the store: npm --prefix infra run deploy -- --all',
  ),
  TEMPORAL_NAMESPACE_MISSING: byUser<{ namespace: string }>(
    'administrator of Temporal',
    (d) => `Temporal has no namespace ${d.namespace}`,
    'Set TEMPORAL_NAMESPACE to the namespace that campaigns are started in, or create it (docker/temporal-namespace.sh shows how).',
  ),
  SEARCH_ATTRIBUTES_MISSING: byUser<{ namespace: string; attributes: string[]; commands: string[] }>(
    'administrator of Temporal',
    (d) => `Temporal’s namespace ${d.namespace} lacks the search attributes ${d.attributes.join(', ')}`,
    (d) => `Create them:\n    ${d.commands.join('\n    ')}`,
  ),
  WORKERS_MISSING: byUser<{ queues: string[]; names: string[] }>(
    'operator',
    (d) => `No worker polls ${d.queues.join(', ')}`,
    (d) => `Start one: npm run worker -- --queues ${d.names.join(',')}`,
  ),
  NO_WORKER: byUser<{ campaign: string; queue: string }>(
    'operator',
    (d) => `No worker polls ${d.queue}, so campaign ${d.campaign} does not respond; its running jobs continue`,
    'Start a worker (npm run worker), then run the same command again.',
  ),
  TEMPORAL_REFUSED: byUser<{ address: string; namespace: string; cause: string }>(
    'operator',
    (d) => `Temporal at ${d.address}, namespace ${d.namespace}, refuses the request: ${d.cause}`,
    'Check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY or the certificate, and the namespace’s settings: npm run holdout -- doctor --aws',
  ),
  BUCKET_PREFIX_MISSING: byUser<object>(
    'operator',
    () =>
      'HOLDOUT_BUCKET_PREFIX is empty; bucket names are global in AWS, so holdout-labels may belong to a stranger; nothing was uploaded or started',
    'Set HOLDOUT_BUCKET_PREFIX to the prefix in infra/settings.ts.',
  ),
  BUCKET_OWNER_MISSING: byUser<object>(
    'operator',
    () =>
      'HOLDOUT_BUCKET_OWNER is not set; without it S3 cannot refuse a bucket of another account; nothing was uploaded or started',
    'Set it to the id of the account that owns the buckets (aws sts get-caller-identity --query Account).',
  ),
  BUCKET_OWNER_INVALID: byUser<{ given: string }>(
    'operator',
    (d) =>
      `HOLDOUT_BUCKET_OWNER is ${JSON.stringify(d.given)}; it has to be the 12 digits of an account id; nothing was uploaded or started`,
    'Print the id: aws sts get-caller-identity --query Account',
  ),
  RUNNER_IMAGE_TAG: byUser<{ image: string }>(
    'operator',
    (d) =>
      `The image of the runner, ${JSON.stringify(d.image)}, is not named by its digest: it could change in the middle of a campaign; nothing was registered, uploaded or started`,
    'Name it as REPOSITORY@sha256:…; aws ecr describe-images shows the digest.',
  ),
  WORKER_UNREADY: byUser<{ missing: string; next: string }>(
    'operator',
    (d) => `This worker lacks ${d.missing}; it takes no tasks`,
    (d) => d.next,
  ),
} as const satisfies Record<string, { who: unknown }>;
