import { Annotations, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import type { NetworkStack } from '../network/network-stack.ts';
import { addClass } from './class-resources.ts';
import { launchTemplate } from './launch-template.ts';

/** Launch template, compute environments, queues and job definitions. Costs nothing while no job waits or runs. */
export class ComputeStack extends Stack {
  constructor(scope: Construct, id: string, names: Names, network: NetworkStack, props: StackProps) {
    super(scope, id, props);
    const host = {
      template: launchTemplate(this, names),
      subnetIds: network.vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
      securityGroupId: network.instancesGroup.securityGroupId,
    };
    for (const settings of names.settings.classes) addClass(this, names, host, settings);
    if (/^sha256:0+$/.test(names.settings.runnerDigest)) {
      Annotations.of(this).addWarningV2(
        'holdout:runner-digest',
        'runnerDigest in settings.ts is the placeholder: push the runner image and set it before a job runs.',
      );
    }
  }
}
