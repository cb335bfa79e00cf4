import type { BatchClient } from '@aws-sdk/client-batch';
import type { RunnerHost } from '../../batch/definitions/job-definition.ts';
import { runnerHostOf } from '../../batch/definitions/runner-host.ts';
import { jobDefinitionOf } from '../../campaign/model/classes/job-definition-name.ts';
import type { InstanceClass } from '../../campaign/model/frozen-campaign.ts';
import { checkQueue, type UsableQueue } from '../../cloud-checks/batch-queues.ts';
import { hasAwsAccount, type Caller } from '../../cloud-checks/caller.ts';
import { instanceTypeOf } from '../../campaign/model/classes/instance-types.ts';
import { checkJobDefinition } from '../../cloud-checks/job-definition.ts';
import { checkJobRole } from '../../cloud-checks/job-role.ts';
import { checkRunnerImage } from '../../cloud-checks/runner-image.ts';
import { checkQuotas } from '../../cloud-checks/check-quotas.ts';
import { vcpuNeeds, type ClassMachines } from '../../cloud-checks/rules/vcpu-quotas.ts';
import { note, type Requirement } from '../../requirement.ts';
import type { Settings } from '../../settings.ts';
import { attempt, attemptIfAllowed, type AttemptFound } from './attempt.ts';

/** Queue, machines and job definition of each class, then what the job definitions name, then the quotas. */
export async function checkInstanceClasses(
  batch: BatchClient,
  classes: readonly InstanceClass[],
  settings: Settings,
  caller: Caller,
): Promise<Requirement[]> {
  const requirements: Requirement[] = [];
  const machines: ClassMachines[] = [];
  const hosts = new Map<string, Extract<RunnerHost, { kind: 'aws' }>>();
  const { jobDefinition: prefix, bucketPrefix, bucketOwner } = settings;
  const installation = { prefix, region: caller.region, bucketPrefix, bucketOwner };
  for (const instanceClass of classes) {
    const { name, queue, slots, purchase } = instanceClass;
    const what = `queue ${queue}`;
    requirements.push(
      await attempt(what, async () => {
        const found = await checkQueue(batch, instanceClass, bucketPrefix, caller);
        machines.push({ instanceType: found.instanceType ?? '', slots, purchase });
        return queueFound(what, name, found);
      }),
      await attempt(`definition of ${name}`, async () => {
        const host = await checkJobDefinition(batch, instanceClass, installation, runnerHostOf(process.env), caller);
        if (host.kind === 'aws') hosts.set(host.image, host);
        const definition = jobDefinitionOf(prefix, name);
        return `${definition}, ${host.kind === 'local' ? 'of the local endpoint' : `as Holdout makes it, ${host.image}`}`;
      }),
    );
  }
  if (!hasAwsAccount(process.env)) return requirements;
  for (const host of hosts.values()) requirements.push(...(await checkHost(host, caller)));
  return [...requirements, ...(await checkQuotas(vcpuNeeds(machines), caller))];
}

/** A usable queue whose machines are not known, or not used, is a note. */
function queueFound(
  what: string,
  className: string,
  { instanceType = 'its machine', unused }: UsableQueue,
): AttemptFound {
  if (instanceTypeOf(instanceType) === undefined) {
    return note(what, `ENABLED and VALID; ${instanceType} is not in the table of types, so its size is not checked`);
  }
  const found = `ENABLED and VALID, one ${instanceType} per job of ${className}`;
  return unused === undefined ? found : note(what, `${found}; each ${unused}`);
}

/** What a job definition names. */
const checkHost = async ({ image, jobRoleArn }: Extract<RunnerHost, { kind: 'aws' }>, caller: Caller) => [
  await attemptIfAllowed('runner image', async () =>
    (await checkRunnerImage(image, caller)).kind === 'present'
      ? image
      : note('runner image', `not checked: ${image} is not in ECR`),
  ),
  await attemptIfAllowed('job role', async () => {
    await checkJobRole(jobRoleArn, caller);
    return jobRoleArn;
  }),
];
