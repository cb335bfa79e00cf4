import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import { makeBuckets } from './buckets.ts';
import { dataKey } from './data-key.ts';
import { makeRepositories } from './repositories.ts';

/** Key, buckets, image store and the runner's log: all that a campaign leaves behind. They outlive the stack. */
export class StorageStack extends Stack {
  constructor(scope: Construct, id: string, names: Names, props: StackProps) {
    super(scope, id, props);
    const key = dataKey(this, names);
    makeBuckets(this, names, key);
    makeRepositories(this, names, key);
    new logs.LogGroup(this, 'runner-log', {
      logGroupName: names.logGroup,
      retention: logs.RetentionDays.SIX_MONTHS,
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
