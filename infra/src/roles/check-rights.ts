import * as iam from 'aws-cdk-lib/aws-iam';
import { roleCheckActions } from '../../../src/cloud-checks/rules/iam-rights.ts';
import { quotaCheckActions } from '../../../src/cloud-checks/rules/quota-rights.ts';
import type { Names, RoleName } from '../names.ts';

const checked: readonly RoleName[] = ['operator', 'worker', 'scorer', 'runner'];

/** What `doctor --aws` asks beside the operator's own work: the roles, what they may do, and the account's quotas. */
export const checkTheSetUp = (names: Names): iam.PolicyStatement[] => [
  new iam.PolicyStatement({
    sid: 'LookAtRoles',
    actions: roleCheckActions,
    resources: checked.map((role) => names.roleArn(role)),
  }),
  new iam.PolicyStatement({
    sid: 'LookAtQuotas',
    actions: quotaCheckActions,
    resources: ['*'],
  }),
];
