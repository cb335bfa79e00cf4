import assert from 'node:assert/strict';
import type { JobDefinition as RegisteredDefinition } from '@aws-sdk/client-batch';
import { isSameDefinition } from '../../../src/batch/definitions/definition-difference.ts';
import { jobDefinition, type AwsRunnerHost, type JobClass } from '../../../src/batch/definitions/job-definition.ts';
import { newestFor } from '../../../src/batch/definitions/newest-revision.ts';
import { runnerHostOf } from '../../../src/batch/definitions/runner-host.ts';
import { sharedJobDefinition } from '../../../src/campaign/model/classes/job-definition-name.ts';

const host: AwsRunnerHost = {
  kind: 'aws',
  image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/holdout-runner@sha256:${'a'.repeat(64)}`,
  region: 'eu-west-1',
  bucketPrefix: 'comp-',
  bucketOwner: '123456789012',
  scratch: '/var/lib/holdout',
  jobRoleArn: 'arn:aws:iam::123456789012:role/comp-runner',
  logGroup: '/holdout/runner',
};
const g4: JobClass = { name: 'g4dn.xlarge', vcpus: 4, memoryMiB: 15_000, gpu: 'nvidia' };

/** The definition as Batch shows it: with its own fields, empty lists and defaults, and variables in another order. */
function asRegistered(revision: number, instanceClass = g4, on = host): RegisteredDefinition {
  const { containerProperties, ...rest } = jobDefinition('holdout-runner', on, instanceClass);
  return {
    ...rest,
    jobDefinitionArn: `arn:aws:batch:eu-west-1:123456789012:job-definition/${rest.jobDefinitionName}:${revision}`,
    revision,
    type: 'container',
    status: 'ACTIVE',
    containerOrchestrationType: 'ECS',
    parameters: {},
    schedulingPriority: 0,
    tags: { 'aws:cloudformation:stack-name': 'holdout' },
    retryStrategy: { attempts: 1, evaluateOnExit: [] },
    containerProperties: {
      ...containerProperties,
      environment: containerProperties.environment?.toReversed(),
      ulimits: [],
      secrets: [],
      linuxParameters: { devices: [], tmpfs: [] },
      resourceRequirements: containerProperties.resourceRequirements?.toReversed(),
    },
  };
}

describe('the job definition of a class', () => {
  it('starts the launcher by digest with the engine’s socket, the job role and no privileges', () => {
    const { jobDefinitionName, containerProperties, ...rest } = jobDefinition('holdout-runner', host, g4);
    assert.equal(jobDefinitionName, 'holdout-runner-g4dn-xlarge');
    const { environment = [], resourceRequirements, ...container } = containerProperties;
    assert.deepEqual(Object.fromEntries(environment.map(({ name, value }) => [name, value])), {
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      HOLDOUT_BUCKET_PREFIX: 'comp-',
      HOLDOUT_BUCKET_OWNER: '123456789012',
      HOLDOUT_RUNNER_IMAGE: host.image,
      HOLDOUT_SCRATCH: '/var/lib/holdout',
    });
    assert.deepEqual(resourceRequirements, [
      { type: 'VCPU', value: '4' },
      { type: 'MEMORY', value: '15000' },
      { type: 'GPU', value: '1' },
    ]);
    assert.deepEqual(container, {
      image: host.image,
      command: ['launch'],
      jobRoleArn: host.jobRoleArn,
      volumes: [{ name: 'engine', host: { sourcePath: '/var/run/docker.sock' } }],
      mountPoints: [{ sourceVolume: 'engine', containerPath: '/var/run/docker.sock', readOnly: false }],
      privileged: false,
      readonlyRootFilesystem: true,
      logConfiguration: {
        logDriver: 'awslogs',
        options: { 'awslogs-group': '/holdout/runner', 'awslogs-region': 'eu-west-1' },
      },
    });
    assert.deepEqual(rest, {
      type: 'container',
      retryStrategy: { attempts: 1 },
      platformCapabilities: ['EC2'],
      propagateTags: true,
      timeout: { attemptDurationSeconds: 86_400 },
    });
  });

  it('asks for GPUs only where Batch has to reserve them', () => {
    const types = (gpu: JobClass['gpu']) =>
      jobDefinition('p', host, { name: 'c', vcpus: 2, memoryMiB: 512, ...(gpu && { gpu }) })
        .containerProperties.resourceRequirements?.map(({ type }) => type)
        .join(' ');
    assert.deepEqual(
      [undefined, 'emulated', 'nvidia'].map((gpu) => types(gpu as JobClass['gpu'])),
      ['VCPU MEMORY', 'VCPU MEMORY', 'VCPU MEMORY GPU'],
    );
  });

  it('asks for all GPUs of a class', () => {
    const counts = [undefined, 1, 2, 4].map(
      (gpus) =>
        jobDefinition('p', host, { ...g4, ...(gpus && { gpus }) }).containerProperties.resourceRequirements?.find(
          ({ type }) => type === 'GPU',
        )?.value,
    );
    assert.deepEqual(counts, ['1', '1', '2', '4']);
    assert.equal(newestFor({ ...g4, gpus: 4 }, [asRegistered(7)]), undefined);
  });

  for (const image of ['holdout-runner', 'holdout-runner:1', 'r@sha256:abc', `r@sha256:${'a'.repeat(64)}:1`]) {
    it(`is refused for the image ${image}, which has no digest`, () => {
      assert.throws(() => jobDefinition('p', { ...host, image }, g4), { code: 'RUNNER_IMAGE_TAG' });
    });
  }

  it('equals what Batch shows of it, whatever Batch adds', () => {
    assert.ok(isSameDefinition(jobDefinition('holdout-runner', host, g4), asRegistered(7)));
  });

  const changes: readonly [what: string, on: Partial<AwsRunnerHost>, of: Partial<JobClass>][] = [
    ['image', { image: host.image.replaceAll('a'.repeat(64), 'b'.repeat(64)) }, {}],
    ['job role', { jobRoleArn: `${host.jobRoleArn}-2` }, {}],
    ['log group', { logGroup: '/other' }, {}],
    ['bucket prefix', { bucketPrefix: '' }, {}],
    ['scratch', { scratch: '/mnt/nvme' }, {}],
    ['engine', { engine: '{"name":"docker","command":["docker"],"runFlags":["--ulimit=core=0"]}' }, {}],
    ['region', { region: 'us-east-1' }, {}],
    ['vCPUs', {}, { vcpus: 8 }],
    ['memory', {}, { memoryMiB: 14_000 }],
    ['GPU', {}, { gpu: 'emulated' }],
  ];
  for (const [what, on, of] of changes) {
    it(`differs when its ${what} changes`, () => {
      const wanted = jobDefinition('holdout-runner', { ...host, ...on }, { ...g4, ...of });
      assert.ok(!isSameDefinition(wanted, asRegistered(1)));
    });
  }

  it('differs when somebody adds a variable, a volume or privileges by hand', () => {
    const wanted = jobDefinition('holdout-runner', host, g4);
    const registered = asRegistered(1);
    const { containerProperties = {} } = registered;
    const byHand = [
      { environment: [...(containerProperties.environment ?? []), { name: 'X', value: '1' }] },
      { volumes: [...(containerProperties.volumes ?? []), { name: 'root', host: { sourcePath: '/' } }] },
      { privileged: true },
      { command: [] },
    ];
    for (const change of byHand) {
      const changed = { ...registered, containerProperties: { ...containerProperties, ...change } };
      assert.ok(!isSameDefinition(wanted, changed), JSON.stringify(change));
    }
  });

  it('of a campaign with other resources is another revision, and each campaign finds its newest one', () => {
    const larger = { ...g4, memoryMiB: 60_000 };
    const revisions = [asRegistered(1), asRegistered(2, larger), asRegistered(10), asRegistered(9, larger)];
    assert.equal(newestFor(g4, revisions)?.revision, 10);
    assert.equal(newestFor(larger, revisions)?.revision, 9);
    assert.equal(newestFor({ ...g4, gpu: 'emulated' }, revisions), undefined);
  });

  it('is shared by names that differ in dots and hyphens alone', () => {
    assert.deepEqual(sharedJobDefinition(['c4', 'g4dn.xlarge', 'g4dn-xlarge']), ['g4dn.xlarge', 'g4dn-xlarge']);
    assert.equal(sharedJobDefinition(['g4dn.xlarge', 'g4dn.2xlarge', 'g4dn.xlarge']), undefined);
  });
});

describe('the host that the environment describes', () => {
  const complete = {
    HOLDOUT_RUNNER_IMAGE: host.image,
    AWS_REGION: host.region,
    HOLDOUT_BUCKET_PREFIX: host.bucketPrefix,
    HOLDOUT_BUCKET_OWNER: host.bucketOwner,
    HOLDOUT_JOB_ROLE: host.jobRoleArn,
    HOLDOUT_LOG_GROUP: host.logGroup,
  };

  it('is complete, local or not there', () => {
    assert.deepEqual(runnerHostOf(complete), host);
    assert.deepEqual(runnerHostOf({ HOLDOUT_RUNNER_IMAGE: 'local' }), { kind: 'local' });
    assert.equal(runnerHostOf({}), undefined);
  });

  for (const name of Object.keys(complete).slice(1)) {
    it(`names ${name} if that is missing`, () => {
      assert.throws(() => runnerHostOf({ ...complete, [name]: '' }), new RegExp(`variable ${name} is needed`));
    });
  }
});
