import { platformError, userError } from './entry.ts';

/** What has not happened because of an error: `nothing was uploaded or started`. */
interface Effect {
  effect?: string | undefined;
}

/** The end of a sentence, with the effect. */
const end = ({ effect }: Effect): string => (effect === undefined ? '.' : `; ${effect}.`);

/** Errors of the AWS account and the Temporal namespace that a campaign or a worker is to use. */
export const cloudErrors = {
  AWS_REGION_MISSING: userError<Effect>(
    (d) => `No AWS region is set${end(d)}`,
    'Set the region of buckets and queues: export AWS_REGION=us-east-1 (or AWS_PROFILE to a profile that has one).',
  ),
  AWS_CREDENTIALS_MISSING: userError<Effect & { cause: string }>(
    (d) => `No AWS credentials were found (${d.cause})${end(d)}`,
    'Log in, for instance: aws sso login --profile NAME, with AWS_PROFILE set to NAME or to a profile that takes a role by it; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ),
  AWS_KEY_REFUSED: userError<Effect & { key: string; why: string }>(
    (d) => `The AWS key ${d.key} ${d.why}${end(d)}`,
    'Correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE, then check: aws sts get-caller-identity',
  ),
  AWS_ACCESS_DENIED: userError<Effect & { key: string; call: string; target: string; cause: string }>(
    (d) => `The AWS key ${d.key} lacks the right ${d.call} on ${d.target}: ${d.cause}${end(d)}`,
    'Add the right to the role, or use another one: AWS_PROFILE=NAME. All rights: npm run holdout -- doctor --aws',
  ),
  AWS_ACCOUNT_DIFFERS: userError<Effect & { key: string; account: string; owner: string }>(
    (d) => `The AWS key ${d.key} belongs to account ${d.account}, HOLDOUT_BUCKET_OWNER is ${d.owner}${end(d)}`,
    'Use a key of that account (AWS_PROFILE=NAME), or correct HOLDOUT_BUCKET_OWNER.',
  ),
  AWS_CALL_FAILED: platformError<Effect & { call: string; target: string; cause: string }>(
    (d) => `${d.call} on ${d.target} failed: ${d.cause}${end(d)}`,
    'Check network, region and endpoint, then run the same command again: npm run holdout -- doctor --aws',
  ),
  /** `skew`: `600 s ahead of`, or `too far from` if it could not be measured. */
  CLOCK_SKEWED: userError<Effect & { skew: string }>(
    (d) =>
      `The clock of this machine is ${d.skew} that of AWS, which refuses requests signed more than 300 s off${end(d)}`,
    'Synchronise it: timedatectl set-ntp true',
  ),
  BUCKET_UNUSABLE: userError<Effect & { bucket: string; why: string }>(
    (d) => `The bucket ${d.bucket} ${d.why}${end(d)}`,
    'Check HOLDOUT_BUCKET_PREFIX, HOLDOUT_BUCKET_OWNER, AWS_REGION, HOLDOUT_S3_PATH_STYLE and the permissions of the key: npm run holdout -- doctor --aws',
  ),
  S3_UNREACHABLE: platformError<Effect & { bucket: string; endpoint: string; cause: string }>(
    (d) => `S3 cannot be reached at ${d.endpoint} (bucket ${d.bucket}): ${d.cause}${end(d)}`,
    'Check the network and AWS_ENDPOINT_URL_S3, then run the same command again.',
  ),
  QUEUE_UNUSABLE: userError<Effect & { queue: string; instanceClass: string; why: string; next: string }>(
    (d) => `The Batch queue ${d.queue} of class ${d.instanceClass} ${d.why}${end(d)}`,
    (d) => d.next,
  ),
  JOB_DEFINITION_UNUSABLE: userError<
    Effect & { jobDefinition: string; instanceClass: string; why: string; next: string }
  >(
    (d) => `The job definition ${d.jobDefinition} of class ${d.instanceClass} ${d.why}${end(d)}`,
    (d) => d.next,
  ),
  JOB_ROLE_MISSING: userError<Effect & { role: string }>(
    (d) => `The role ${d.role}, which the job definitions name, does not exist${end(d)}`,
    'Create it: npm --prefix infra run deploy -- --all; or correct HOLDOUT_JOB_ROLE and register new definitions.',
  ),
  RUNNER_IMAGE_MISSING: userError<Effect & { image: string; why: string }>(
    (d) => `The runner image ${d.image} ${d.why}${end(d)}`,
    'Push it, or set HOLDOUT_RUNNER_IMAGE to an image by digest that is there: aws ecr describe-images --repository-name REPOSITORY',
  ),
  IMAGE_STORE_UNUSABLE: userError<Effect & { store: string; why: string }>(
    (d) => `The image store ${d.store} ${d.why}${end(d)}`,
    'Correct HOLDOUT_IMAGE_STORE, or create the store: npm --prefix infra run deploy -- --all',
  ),
  TEMPORAL_NAMESPACE_MISSING: userError<Effect & { namespace: string }>(
    (d) => `Temporal has no namespace ${d.namespace}${end(d)}`,
    'Set TEMPORAL_NAMESPACE to the namespace that campaigns are started in, or create it (docker/temporal-namespace.sh shows how).',
  ),
  SEARCH_ATTRIBUTES_MISSING: userError<Effect & { namespace: string; attributes: string[]; commands: string[] }>(
    (d) => `Temporal’s namespace ${d.namespace} lacks the search attributes ${d.attributes.join(', ')}${end(d)}`,
    (d) => `Create them:\n    ${d.commands.join('\n    ')}`,
  ),
  WORKERS_MISSING: userError<Effect & { queues: string[]; names: string[] }>(
    (d) => `No worker polls ${d.queues.join(', ')}${end(d)}`,
    (d) => `Start one: npm run worker -- --queues ${d.names.join(',')}`,
  ),
  TEMPORAL_REFUSED: userError<{ address: string; namespace: string; cause: string }>(
    (d) => `Temporal at ${d.address}, namespace ${d.namespace}, refuses the request: ${d.cause}`,
    'Check TEMPORAL_NAMESPACE, TEMPORAL_API_KEY or the certificate, and the namespace’s settings: npm run holdout -- doctor --aws',
  ),
} as const;
