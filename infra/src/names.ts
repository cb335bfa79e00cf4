import { Aws } from 'aws-cdk-lib';
import { bucketsOf, type Buckets } from '../../src/settings.ts';
import type { InfraSettings } from './settings/infra-settings.ts';

/** The roles, by the process or person that has them. */
export const roleNames = ['runner', 'worker', 'scorer', 'operator', 'break-glass', 'instance'] as const;
export type RoleName = (typeof roleNames)[number];

/**
 * Every name and ARN that two stacks use. Stacks name each other's resources instead of importing them, so that each can be
 * changed and removed alone.
 */
export class Names {
  readonly region: string;
  readonly account: string;
  readonly buckets: Buckets;
  readonly repositories: { submissions: string; runner: string };
  readonly logGroup: string;
  readonly keyAlias: string;

  constructor(readonly settings: InfraSettings) {
    const { prefix, region, account } = settings;
    this.region = region;
    this.account = account ?? Aws.ACCOUNT_ID;
    this.buckets = bucketsOf({ bucketPrefix: prefix });
    this.repositories = { submissions: this.named('submissions'), runner: this.named('runner') };
    this.logGroup = `/${this.named('runner')}`;
    this.keyAlias = `alias/${this.named('data')}`;
  }

  named(name: string): string {
    return `${this.settings.prefix}holdout-${name}`;
  }

  /** Batch's name of a queue of the settings: two installations may be in one account and region. */
  queue(name: string): string {
    return `${this.settings.prefix}${name}`;
  }

  /** What the names of the job definitions begin with; the default of HOLDOUT_JOB_DEFINITION. */
  jobDefinitions(): string {
    return this.named('runner');
  }

  bucketArn(bucket: keyof Buckets): string {
    return `arn:aws:s3:::${this.buckets[bucket]}`;
  }

  repositoryArn(repository: keyof Names['repositories']): string {
    return this.arn('ecr', `repository/${this.repositories[repository]}`);
  }

  logGroupArn(): string {
    return this.arn('logs', `log-group:${this.logGroup}`);
  }

  roleArn(role: RoleName): string {
    return `arn:aws:iam::${this.account}:role/${this.named(role)}`;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
  }

  registry(): string {
    return `${this.account}.dkr.ecr.${this.region}.amazonaws.com`;
  }

  /** By digest, which the name of an image otherwise does not pin. */
  runnerImage(): string {
    return `${this.registry()}/${this.repositories.runner}@${this.settings.runnerDigest}`;
  }
}
