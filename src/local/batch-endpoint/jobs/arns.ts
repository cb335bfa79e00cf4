import { sha256 } from '../../../sha256.ts';

/** The kinds of Batch resources with ARNs. */
type ResourceKind = 'job' | 'job-queue' | 'job-definition' | 'compute-environment';

/** ARNs of one account and region. */
export class Arns {
  constructor(private readonly place: { region: string; account: string }) {}

  readonly job = (jobId: string): string => this.arn('job', jobId);
  readonly queue = (name: string): string => this.arn('job-queue', name);
  readonly definition = (name: string, revision: number): string => this.arn('job-definition', `${name}:${revision}`);
  readonly computeEnvironment = (queue: string): string => this.arn('compute-environment', queue);

  /** The cluster that Batch makes for a compute environment: its name with a prefix and a UUID. */
  readonly cluster = (queue: string): string => this.ecs('cluster', clusterOf(queue));
  readonly task = (queue: string, jobId: string): string => this.ecs('task', `${clusterOf(queue)}/${taskIdOf(jobId)}`);
  readonly containerInstance = (queue: string, jobId: string): string =>
    this.ecs('container-instance', `${clusterOf(queue)}/${sha256(`instance ${jobId}`).slice(0, 32)}`);

  /** The name in an ARN of this kind (`name:revision` for a definition); any other text unchanged. */
  nameIn(kind: ResourceKind, reference: string): string {
    const prefix = this.arn(kind, '');
    return reference.startsWith(prefix) ? reference.slice(prefix.length) : reference;
  }

  private arn(kind: ResourceKind, name: string): string {
    return `arn:aws:batch:${this.place.region}:${this.place.account}:${kind}/${name}`;
  }

  private ecs(kind: 'cluster' | 'task' | 'container-instance', name: string): string {
    return `arn:aws:ecs:${this.place.region}:${this.place.account}:${kind}/${name}`;
  }
}

/** The id of a job's ECS task: 32 hexadecimal digits. A job has one attempt, so one task. */
export const taskIdOf = (jobId: string): string => sha256(`task ${jobId}`).slice(0, 32);

/** Like `AWSBatch-my-environment-0a95f22d-7108-3c4e-99f7-2fd92e1a8941`. */
function clusterOf(queue: string): string {
  const digits = sha256(`cluster ${queue}`);
  const uuid = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ];
  return `AWSBatch-${queue}-${uuid.join('-')}`;
}
