import { note, ok, type Requirement } from '../requirement.ts';
import { awsCauseOf, quickly } from './aws-call.ts';
import { awsErrorKind } from './rules/aws-error-kind.ts';
import type { Caller } from './caller.ts';
import { missingFor } from './missing-for.ts';
import { rightsOf, type CheckedRole, type RightsPlaces } from './rules/role-rights.ts';
import { simulatedRights, type SimulatedDecision } from './rules/simulated-rights.ts';

/**
 * Asks IAM's policy simulator for every right of a role. It knows the role's own policies; policies of buckets, repositories,
 * keys and endpoints are not part of it. A right that cannot be asked for is a note, never ok.
 */
export async function checkRole(
  role: CheckedRole,
  roleArn: string,
  places: RightsPlaces,
  caller: Caller,
): Promise<Requirement> {
  const what = `rights of ${role}`;
  const { IAMClient, paginateSimulatePrincipalPolicy } = await import('@aws-sdk/client-iam');
  const client = new IAMClient({ region: caller.region, ...quickly });
  const decisions: SimulatedDecision[] = [];
  try {
    for (const { actions, resource } of rightsOf(role, places)) {
      const pages = paginateSimulatePrincipalPolicy(
        { client },
        { PolicySourceArn: roleArn, ActionNames: [...actions], ResourceArns: [resource] },
      );
      for await (const { EvaluationResults = [] } of pages) decisions.push(...EvaluationResults);
    }
  } catch (error) {
    return unasked(what, roleArn, error);
  } finally {
    client.destroy();
  }
  return requirementOf(what, roleArn, decisions);
}

/** No role of that name is only a note: programs may run as a role that infra/ did not make. */
function unasked(what: string, roleArn: string, error: unknown): Requirement {
  return awsErrorKind(error).kind === 'missing' || /NoSuchEntity/.test(error instanceof Error ? error.name : '')
    ? note(what, `not checked: there is no role ${roleArn}`)
    : note(what, `not checked: IAM’s simulator cannot be asked (${awsCauseOf(error)})`);
}

function requirementOf(what: string, roleArn: string, decisions: readonly SimulatedDecision[]): Requirement {
  const { allowed, lacking, open } = simulatedRights(decisions);
  if (lacking.length > 0) {
    const more = lacking.length > 3 ? ` and ${lacking.length - 3} more` : '';
    const found = `${roleArn} lacks ${lacking.slice(0, 3).join(', ')}${more}`;
    const fix = 'Add them to the role’s policy, or: npm --prefix infra run deploy -- --all';
    return missingFor('administrator of the AWS account', what, found, fix);
  }
  if (open.length > 0) return note(what, `${allowed} rights by its policies; not decided: ${open.join(', ')}`);
  return allowed === 0
    ? note(what, 'not checked: the simulator decided nothing')
    : ok(what, `${allowed} rights by its policies (policies of buckets, keys and endpoints are not simulated)`);
}
