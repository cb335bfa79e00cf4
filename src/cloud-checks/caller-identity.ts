import { holdoutError } from '../errors.ts';
import { awsCall, quickly } from './aws-call.ts';
import { skewKind, skewOf, skewText } from './rules/clock-skew.ts';
import type { Caller } from './caller.ts';

/** Who the credentials belong to, by STS. `skewMs`: how far this machine's clock is ahead. */
export interface Identity {
  account: string;
  arn: string;
  skewMs: number | undefined;
}

/**
 * Asks STS, which every key may ask. Throws AWS_KEY_REFUSED, AWS_ACCOUNT_DIFFERS for the key of an account that does not own
 * the buckets, CLOCK_SKEWED.
 */
export async function callerIdentity(caller: Caller, owner: string | undefined): Promise<Identity> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient({ region: caller.region, ...quickly });
  let skewMs: number | undefined;
  client.middlewareStack.add(
    (next) => async (call) => {
      const sentAt = Date.now();
      const answer = await next(call);
      const { headers = {} } = answer.response as { headers?: Record<string, string> };
      skewMs = skewOf(headers['date'], sentAt, Date.now());
      return answer;
    },
    // The lowest: also for answers that are errors.
    { name: 'clockSkew', step: 'deserialize', priority: 'low' },
  );
  const called = awsCall(caller, 'sts:GetCallerIdentity', 'the account', () =>
    client.send(new GetCallerIdentityCommand({})),
  );
  const { Account: account = '', Arn: arn = '' } = await called.finally(() => client.destroy());
  const { accessKeyId: key, effect } = caller;
  if (skewMs !== undefined && skewKind(skewMs) === 'refused') {
    throw holdoutError('CLOCK_SKEWED', { skew: skewText(skewMs), effect });
  }
  if (owner !== undefined && account !== owner) {
    throw holdoutError('AWS_ACCOUNT_DIFFERS', { key, account, owner, effect });
  }
  return { account, arn, skewMs };
}
