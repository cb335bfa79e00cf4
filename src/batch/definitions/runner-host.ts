import { holdoutError } from '../../errors.ts';
import { defaultScratch } from '../../host-paths.ts';
import type { RunnerHost } from './job-definition.ts';

/**
 * The host that HOLDOUT_RUNNER_IMAGE and its companions describe; `local` behind an endpoint with its own runner. Undefined if
 * this process is not meant to register job definitions. Throws USAGE.
 */
export function runnerHostOf(env: NodeJS.ProcessEnv): RunnerHost | undefined {
  const image = env['HOLDOUT_RUNNER_IMAGE'];
  if (!image) return undefined;
  if (image === 'local') return { kind: 'local' };
  const required = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw holdoutError('USAGE', { message: `With HOLDOUT_RUNNER_IMAGE the variable ${name} is needed too.` });
  };
  const engine = env['HOLDOUT_ENGINE'];
  return {
    kind: 'aws',
    image,
    region: required('AWS_REGION'),
    bucketPrefix: required('HOLDOUT_BUCKET_PREFIX'),
    bucketOwner: required('HOLDOUT_BUCKET_OWNER'),
    scratch: env['HOLDOUT_SCRATCH'] ?? defaultScratch,
    ...(engine && { engine }),
    jobRoleArn: required('HOLDOUT_JOB_ROLE'),
    logGroup: required('HOLDOUT_LOG_GROUP'),
  };
}
