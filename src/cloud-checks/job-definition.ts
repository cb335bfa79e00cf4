import type { BatchClient } from '@aws-sdk/client-batch';
import { activeRevisions } from '../batch/definitions/active-revisions.ts';
import { newestFor } from '../batch/definitions/newest-revision.ts';
import { jobDefinition, type JobClass, type RunnerHost } from '../batch/definitions/job-definition.ts';
import { jobDefinitionOf } from '../campaign/model/classes/job-definition-name.ts';
import { holdoutError } from '../errors.ts';
import { awsCall } from './aws-call.ts';
import type { Caller } from './caller.ts';
import { definitionFault, runnerHostIn, type Installation } from './rules/definition-fault.ts';

/**
 * The host that jobs of a class will run on. With `wanted`, the start registers its own revision; without, the newest
 * registered one has to be as Holdout makes it. Throws JOB_DEFINITION_UNUSABLE, RUNNER_IMAGE_TAG, AWS_ACCESS_DENIED and the like.
 */
export async function checkJobDefinition(
  batch: BatchClient,
  instanceClass: JobClass,
  installation: Installation,
  wanted: RunnerHost | undefined,
  caller: Caller,
): Promise<RunnerHost> {
  const name = jobDefinitionOf(installation.prefix, instanceClass.name);
  const revisions = await awsCall(caller, 'batch:DescribeJobDefinitions', `the job definition ${name}`, () =>
    activeRevisions(batch, name),
  );
  if (wanted !== undefined) {
    jobDefinition(installation.prefix, wanted, instanceClass);
    return wanted;
  }
  const newest = newestFor(instanceClass, revisions);
  const unusable = (fault: { why: string; next: string }): Error =>
    holdoutError('JOB_DEFINITION_UNUSABLE', {
      jobDefinition: newest === undefined ? name : `${name}:${newest.revision}`,
      instanceClass: instanceClass.name,
      ...fault,
      effect: caller.effect,
    });
  if (newest === undefined) throw unusable(absent(revisions.length));
  const fault = definitionFault(newest, instanceClass, installation);
  if (fault !== undefined) throw unusable(fault);
  const host = runnerHostIn(newest);
  if (host.kind === 'unknown') throw unusable({ why: host.why, next: register });
  return host;
}

const register =
  'Register one: npm --prefix infra run deploy -- --all; or set HOLDOUT_RUNNER_IMAGE, HOLDOUT_JOB_ROLE and HOLDOUT_LOG_GROUP, and start the campaign.';

const absent = (revisions: number): { why: string; next: string } => ({
  why:
    revisions === 0
      ? 'does not exist'
      : `has ${revisions} active revisions, none with the vCPUs, memory and GPUs of the class`,
  next: register,
});
