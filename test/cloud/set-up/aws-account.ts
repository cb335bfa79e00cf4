import {
  BatchClient,
  CreateComputeEnvironmentCommand,
  CreateJobQueueCommand,
  CreateSchedulingPolicyCommand,
  DeleteJobQueueCommand,
  DeregisterJobDefinitionCommand,
  DescribeJobDefinitionsCommand,
  RegisterJobDefinitionCommand,
  UpdateComputeEnvironmentCommand,
  UpdateJobQueueCommand,
} from '@aws-sdk/client-batch';
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  ECRClient,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { CreateInstanceProfileCommand, CreateRoleCommand, DeleteRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { jobDefinition, type JobClass, type JobDefinition } from '../../../src/batch/definitions/job-definition.ts';
import { ownerAccount } from '../../support/servers/s3-server.ts';
import { pythonProgram, runPython } from '../python.ts';
import { freePort } from '../../support/servers/free-port.ts';
import { ServerProcess } from '../server-process.ts';

/** moto's account, which owns the buckets of the S3 server too. */
export const account = ownerAccount;
/** The S3 server's; moto takes any. */
export const key = { accessKeyId: ownerAccount, secretAccessKey: 'test-secret' };
export const region = 'us-east-1';
export const prefix = 'host-';
export const registry = `${account}.dkr.ecr.${region}.amazonaws.com`;
export const roleArn = `arn:aws:iam::${account}:role/${prefix}holdout-runner`;

/** The classes of the campaign, with their queues. */
export const classes = [
  { name: 'g4dn.xlarge', queue: 'holdout-g4', vcpus: 4, memoryMiB: 15_000, gpu: 'nvidia' },
  { name: 'g6.xlarge', queue: 'holdout-g6', vcpus: 4, memoryMiB: 15_000, gpu: 'nvidia' },
  { name: 'c5.4xlarge', queue: 'holdout-c5', vcpus: 16, memoryMiB: 28_000 },
] as const satisfies (JobClass & { queue: string })[];

type QueueName = (typeof classes)[number]['queue'];

/** An AWS account in moto with everything that a campaign uses but the buckets. */
export class AwsAccount {
  private constructor(
    private readonly server: ServerProcess,
    private readonly batch: BatchClient,
    private readonly ecr: ECRClient,
    private readonly iam: IAMClient,
    readonly runnerImage: string,
  ) {}

  get url(): string {
    return this.server.url;
  }

  static async open(): Promise<AwsAccount> {
    const port = await freePort();
    const args = ['-H', '127.0.0.1', '-p', String(port)];
    const server = await ServerProcess.start(pythonProgram('moto_server'), args, port, '/moto-api/data.json');
    const body = JSON.stringify({ batch: { use_docker: false } });
    await fetch(`${server.url}/moto-api/config`, { method: 'POST', body });
    const settings = {
      endpoint: server.url,
      region,
      credentials: key,
    };
    const [batch, ecr, iam] = [new BatchClient(settings), new ECRClient(settings), new IAMClient(settings)];
    for (const repositoryName of ['runner', 'submissions']) {
      await ecr.send(new CreateRepositoryCommand({ repositoryName: `${prefix}holdout-${repositoryName}` }));
    }
    const made = new AwsAccount(server, batch, ecr, iam, `${registry}/${prefix}holdout-runner@${await push(ecr)}`);
    await made.giveRole();
    await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'holdout' }));
    for (const { name, queue } of classes) {
      await made.makeEnvironment(queue, [name]);
      await made.giveQueue(queue);
    }
    await made.giveDefinitions();
    return made;
  }

  private network: Promise<{ subnet: string; securityGroup: string }> | undefined;

  private findNetwork(): Promise<{ subnet: string; securityGroup: string }> {
    const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = key;
    return runPython('test/cloud/set-up/aws_account.py', [this.url], { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
  }

  close(): Promise<void> {
    for (const client of [this.batch, this.ecr, this.iam]) client.destroy();
    return this.server.stop();
  }

  async giveRole(): Promise<void> {
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await this.iam.send(new CreateRoleCommand({ RoleName: `${prefix}holdout-runner`, AssumeRolePolicyDocument }));
  }

  async takeRole(): Promise<void> {
    await this.iam.send(new DeleteRoleCommand({ RoleName: `${prefix}holdout-runner` }));
  }

  /** A compute environment named after its queue and `suffix`. */
  async makeEnvironment(queue: QueueName, instanceTypes: string[], suffix = ''): Promise<void> {
    const { subnet, securityGroup } = await (this.network ??= this.findNetwork());
    await this.batch.send(
      new CreateComputeEnvironmentCommand({
        computeEnvironmentName: `${queue}${suffix}`,
        type: 'MANAGED',
        state: 'ENABLED',
        serviceRole: roleArn,
        computeResources: {
          type: 'EC2',
          minvCpus: 0,
          maxvCpus: 64,
          instanceTypes,
          subnets: [subnet],
          securityGroupIds: [securityGroup],
          instanceRole: `arn:aws:iam::${account}:instance-profile/holdout`,
        },
      }),
    );
  }

  /** The queue on its environment, or on the one with this suffix. */
  async giveQueue(queue: QueueName, { suffix = '', fairShare = false } = {}): Promise<void> {
    const policy = fairShare
      ? await this.batch.send(new CreateSchedulingPolicyCommand({ name: `shares-${queue}` }))
      : undefined;
    await this.batch.send(
      new CreateJobQueueCommand({
        jobQueueName: queue,
        state: 'ENABLED',
        priority: 1,
        computeEnvironmentOrder: [{ order: 1, computeEnvironment: `${queue}${suffix}` }],
        schedulingPolicyArn: policy?.arn,
      }),
    );
  }

  /** A queue without machines in another region. */
  async makeQueueElsewhere(elsewhere: string, jobQueueName: string): Promise<void> {
    const batch = new BatchClient({ endpoint: this.url, region: elsewhere, credentials: key });
    try {
      const environment = { computeEnvironmentName: jobQueueName, type: 'UNMANAGED', serviceRole: roleArn } as const;
      await batch.send(new CreateComputeEnvironmentCommand({ ...environment, state: 'ENABLED' }));
      const computeEnvironmentOrder = [{ order: 1, computeEnvironment: jobQueueName }];
      await batch.send(
        new CreateJobQueueCommand({ jobQueueName, state: 'ENABLED', priority: 1, computeEnvironmentOrder }),
      );
    } finally {
      batch.destroy();
    }
  }

  async takeQueue(jobQueue: QueueName): Promise<void> {
    await this.batch.send(new DeleteJobQueueCommand({ jobQueue }));
  }

  async setQueue(jobQueue: QueueName, state: 'ENABLED' | 'DISABLED'): Promise<void> {
    await this.batch.send(new UpdateJobQueueCommand({ jobQueue, state }));
  }

  async setEnvironment(computeEnvironment: QueueName, state: 'ENABLED' | 'DISABLED'): Promise<void> {
    await this.batch.send(new UpdateComputeEnvironmentCommand({ computeEnvironment, state }));
  }

  /** As infra/ registers them. */
  async giveDefinitions(): Promise<void> {
    for (const instanceClass of classes) {
      await this.batch.send(new RegisterJobDefinitionCommand(this.definitionOf(instanceClass)));
    }
  }

  /** A newer revision of the first class's definition, which somebody changed. */
  async changeDefinition(change: (definition: JobDefinition) => JobDefinition): Promise<void> {
    await this.batch.send(new RegisterJobDefinitionCommand(change(this.definitionOf(classes[0]))));
  }

  /** Removes all revisions of the first class's definition. */
  async takeDefinition(): Promise<void> {
    const { jobDefinitionName } = this.definitionOf(classes[0]);
    const { jobDefinitions = [] } = await this.batch.send(
      new DescribeJobDefinitionsCommand({ jobDefinitionName, status: 'ACTIVE' }),
    );
    for (const { jobDefinitionArn } of jobDefinitions) {
      await this.batch.send(new DeregisterJobDefinitionCommand({ jobDefinition: jobDefinitionArn }));
    }
  }

  async takeImage(): Promise<void> {
    const imageIds = [{ imageDigest: this.runnerImage.slice(this.runnerImage.indexOf('@') + 1) }];
    await this.ecr.send(new BatchDeleteImageCommand({ repositoryName: `${prefix}holdout-runner`, imageIds }));
  }

  async giveImage(): Promise<void> {
    await push(this.ecr);
  }

  async takeStore(): Promise<void> {
    await this.ecr.send(new DeleteRepositoryCommand({ repositoryName: `${prefix}holdout-submissions`, force: true }));
  }

  async giveStore(): Promise<void> {
    await this.ecr.send(new CreateRepositoryCommand({ repositoryName: `${prefix}holdout-submissions` }));
  }

  private definitionOf(instanceClass: JobClass): JobDefinition {
    return jobDefinition(
      `${prefix}holdout-runner`,
      {
        kind: 'aws',
        image: this.runnerImage,
        region,
        bucketPrefix: prefix,
        bucketOwner: account,
        scratch: '/var/lib/holdout',
        jobRoleArn: roleArn,
        logGroup: `/${prefix}holdout-runner`,
      },
      instanceClass,
    );
  }
}

/** Pushes the runner's image, always the same, and returns its digest. */
async function push(ecr: ECRClient): Promise<string> {
  const imageManifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
    layers: [],
  });
  const repositoryName = `${prefix}holdout-runner`;
  const { image } = await ecr.send(new PutImageCommand({ repositoryName, imageManifest, imageTag: 'v1' }));
  return image?.imageId?.imageDigest ?? '';
}
