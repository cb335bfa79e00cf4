import { callerIdentity, type Identity } from '../../cloud-checks/caller-identity.ts';
import { hasAwsAccount, type Caller } from '../../cloud-checks/caller.ts';
import { skewKind, skewText } from '../../cloud-checks/rules/clock-skew.ts';
import { note, ok, type Requirement } from '../../requirement.ts';
import type { Settings } from '../../settings.ts';
import { attempt } from './attempt.ts';

/** Who calls, by STS. `identity` is absent if there is no account to ask or it refused. */
export async function checkIdentity(
  caller: Caller,
  settings: Settings,
): Promise<{ requirements: Requirement[]; identity?: Identity }> {
  const what = 'account';
  if (!hasAwsAccount(process.env)) {
    return { requirements: [note(what, 'not checked: AWS_ENDPOINT_URL_S3 names a server that is not AWS')] };
  }
  const found: { identity?: Identity } = {};
  const requirement = await attempt(what, async () => {
    found.identity = await callerIdentity(caller, settings.bucketOwner);
    return `${found.identity.account}, as ${found.identity.arn}`;
  });
  return { requirements: [requirement, ...(found.identity ? [clock(found.identity)] : [])], ...found };
}

function clock({ skewMs }: Identity): Requirement {
  if (skewMs === undefined) return note('clock', 'not checked: AWS’s answer has no Date');
  const found = `${skewText(skewMs)} AWS’s`;
  return skewKind(skewMs) === 'right'
    ? ok('clock', found)
    : note('clock', `${found}; from 300 s on AWS refuses every request: timedatectl set-ntp true`);
}
