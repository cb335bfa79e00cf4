import { Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeWildcards } from '../acknowledgements.ts';
import { roleNames, type Names } from '../names.ts';
import { roleStatements } from './role-statements.ts';
import { trustOf } from './trust.ts';

const descriptions = {
  runner: 'The Batch job: reads inputs and its spec, adds to the runs, pulls submissions',
  worker: 'Workflows, image gate, submitting and watching jobs; no access to labels',
  scorer: 'The only role that can read labels',
  operator: 'The command line: hands in campaigns, reads results, registers job definitions',
  'break-glass': 'For an inquiry: reads everything but the labels, with a second factor',
  instance: 'Container instances: the ECS agent, the runner image and its log',
} as const;

/** The roles, each with the rights that its programs use. Nothing here costs money. */
export class AccessStack extends Stack {
  constructor(scope: Construct, id: string, names: Names, props: StackProps) {
    super(scope, id, props);
    for (const name of roleNames) {
      const role = new iam.Role(this, name, {
        roleName: names.named(name),
        description: descriptions[name],
        assumedBy: trustOf(names, name),
      });
      for (const statement of roleStatements[name](names)) role.addToPolicy(statement);
    }
    new iam.CfnInstanceProfile(this, 'instance-profile', {
      instanceProfileName: names.named('instance'),
      roles: [names.named('instance')],
    }).addResourceDependency(this.node.findChild('instance').node.defaultChild as iam.CfnRole);
    acknowledgeWildcards((role) => this.node.findChild(role).node.findChild('DefaultPolicy'), names);
  }
}
