import assert from 'node:assert/strict';
import { unusedMemory } from '../../../src/cloud-checks/rules/machine-faults.ts';
import {
  queueFault,
  type DescribedEnvironment,
  type DescribedQueue,
  type QueueUser,
} from '../../../src/cloud-checks/rules/queue-fault.ts';

const user: QueueUser = { name: 'g4dn.xlarge', queue: 'q', vcpus: 4, memoryMiB: 15_000, gpus: 1 };
const queue: DescribedQueue = {
  jobQueueName: 'q',
  jobQueueArn: 'arn:aws:batch:us-east-1:123456789012:job-queue/q',
  state: 'ENABLED',
  status: 'VALID',
};
const environment: DescribedEnvironment = {
  computeEnvironmentName: 'ce',
  state: 'ENABLED',
  status: 'VALID',
  computeResources: { instanceTypes: ['g4dn.xlarge'], maxvCpus: 8 },
};
const withTypes = (...instanceTypes: string[]): DescribedEnvironment => ({
  ...environment,
  computeResources: { instanceTypes },
});

interface Case {
  what: string;
  user?: Partial<QueueUser>;
  queue?: Partial<DescribedQueue> | null;
  environments?: DescribedEnvironment[];
  why: RegExp;
}

const cases: Case[] = [
  { what: 'no queue', queue: null, why: /^does not exist in us-east-1$/ },
  {
    what: 'a queue of another region',
    queue: { jobQueueArn: 'arn:aws:batch:eu-west-1:123456789012:job-queue/q' },
    why: /^is in eu-west-1, the buckets are in us-east-1$/,
  },
  { what: 'a disabled queue', queue: { state: 'DISABLED' }, why: /^is DISABLED/ },
  {
    what: 'an invalid queue, with Batch’s own words',
    queue: { status: 'INVALID', statusReason: 'CLIENT_ERROR - no role' },
    why: /^is INVALID \(CLIENT_ERROR - no role\)$/,
  },
  { what: 'a fair-share policy', queue: { schedulingPolicyArn: 'arn:x' }, why: /^has a fair-share policy/ },
  { what: 'no compute environment', environments: [], why: /^has no compute environment/ },
  {
    what: 'a disabled second environment',
    environments: [environment, { ...environment, computeEnvironmentName: 'two', state: 'DISABLED' }],
    why: /environment two, which is DISABLED/,
  },
  {
    what: 'an invalid environment, with Batch’s own words',
    environments: [{ ...environment, status: 'INVALID', statusReason: 'AccessDenied' }],
    why: /environment ce, which is INVALID \(AccessDenied\)$/,
  },
  {
    what: 'two types',
    environments: [withTypes('g4dn.xlarge', 'g6.xlarge')],
    why: /with g4dn\.xlarge, g6\.xlarge instead/,
  },
  { what: 'a family', environments: [withTypes('g4dn')], why: /with g4dn instead of g4dn\.xlarge alone$/ },
  { what: 'another class’s type', environments: [withTypes('p3.2xlarge')], why: /with p3\.2xlarge instead/ },
  {
    what: 'two types under a name that is none',
    user: { name: 'gpu-small' },
    environments: [withTypes('g4dn.xlarge', 'g6.xlarge')],
    why: /with 2 instance types/,
  },
  {
    what: 'a type with more GPUs than the class',
    user: { name: 'big', vcpus: 48 },
    environments: [withTypes('g5.12xlarge')],
    why: /^takes 1 GPU, but g5\.12xlarge has 4/,
  },
  { what: 'a CPU class on GPU machines', user: { gpus: 0 }, why: /^takes 0 GPUs, but g4dn\.xlarge has 1/ },
  { what: 'half a machine', user: { vcpus: 2 }, why: /two jobs would share a machine$/ },
  { what: 'more vCPUs than a machine', user: { vcpus: 8 }, why: /^takes 8 vCPUs, but g4dn\.xlarge has 4/ },
  { what: 'all nominal memory', user: { memoryMiB: 16_384 }, why: /^takes 16384 MiB of memory/ },
];

describe('the queue of a class', () => {
  it('is right with one type, which the class fills', () => {
    assert.equal(queueFault(user, queue, [environment], { region: 'us-east-1', prefix: '' }), undefined);
  });

  it('of the settings of infra/ is named with the prefix of the installation', () => {
    const bare = queueFault({ ...user, queue: 'holdout-g4' }, undefined, [], { region: 'us-east-1', prefix: 'host-' });
    assert.match(bare?.next ?? '', /its name is host-holdout-g4: write that under `queue`/);
    const full = queueFault({ ...user, queue: 'host-g4' }, undefined, [], { region: 'us-east-1', prefix: 'host-' });
    assert.match(full?.next ?? '', /^Create it/);
  });

  it('is not judged by machines that are not in the table or not Batch’s', () => {
    const other = { ...user, name: 'x9.large' };
    assert.equal(queueFault(other, queue, [withTypes('x9.large')], { region: 'us-east-1', prefix: '' }), undefined);
    const unmanaged = { ...environment, computeResources: undefined };
    assert.equal(queueFault(user, queue, [unmanaged], { region: 'us-east-1', prefix: '' }), undefined);
  });

  for (const { what, why, ...changed } of cases) {
    it(`is refused for ${what}, with a next step`, () => {
      const described = changed.queue === null ? undefined : { ...queue, ...changed.queue };
      const fault = queueFault({ ...user, ...changed.user }, described, changed.environments ?? [environment], {
        region: 'us-east-1',
        prefix: '',
      });
      assert.match(fault?.why ?? 'no fault', why);
      assert.ok(fault?.next);
    });
  }
});

describe('the memory of a machine', () => {
  it('may be left unused, which is told from a tenth on; a job gets 15308 MiB of a g4dn.xlarge', () => {
    const unused = (memoryMiB: number, type = 'g4dn.xlarge'): string | undefined =>
      unusedMemory({ ...user, memoryMiB }, type);
    for (const memoryMiB of [15_308, 15_000, 13_778]) assert.equal(unused(memoryMiB), undefined, String(memoryMiB));
    for (const memoryMiB of [13_777, 8_000, 4]) {
      assert.match(
        unused(memoryMiB) ?? 'nothing',
        new RegExp(`^takes ${memoryMiB} MiB of memory of the about 15308 .* \\(memoryMiB: 15308\\)$`),
      );
    }
    assert.equal(unused(4, 'x9.large'), undefined);
  });
});
