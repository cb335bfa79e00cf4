import { holdoutError } from '../errors.ts';
import { awsCall, quickly } from './aws-call.ts';
import type { Caller } from './caller.ts';

/** Checks that a role exists. Throws JOB_ROLE_MISSING, AWS_ACCESS_DENIED and the like. */
export async function checkJobRole(role: string, caller: Caller): Promise<void> {
  const { IAMClient, GetRoleCommand, NoSuchEntityException } = await import('@aws-sdk/client-iam');
  const client = new IAMClient({ region: caller.region, ...quickly });
  const RoleName = role.slice(role.lastIndexOf('/') + 1);
  const get = async (): Promise<void> => {
    try {
      const { Role } = await client.send(new GetRoleCommand({ RoleName }));
      if (Role?.Arn === role) return;
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
    }
    throw holdoutError('JOB_ROLE_MISSING', { role, effect: caller.effect });
  };
  await awsCall(caller, 'iam:GetRole', `the role ${RoleName}`, get).finally(() => client.destroy());
}
