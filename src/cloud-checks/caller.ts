import type { S3Client } from '@aws-sdk/client-s3';
import { holdoutError, messageOf } from '../errors.ts';

/** Who calls AWS, from where, and what an error says has not happened because of it. */
export interface Caller {
  region: string;
  accessKeyId: string;
  effect?: string | undefined;
}

/** The region and the key that the SDK uses. Throws AWS_REGION_MISSING, AWS_CREDENTIALS_MISSING. */
export async function callerOf({ config }: S3Client, effect?: string): Promise<Caller> {
  const region = await config.region().catch((error: unknown) => {
    throw holdoutError('AWS_REGION_MISSING', { effect }, error);
  });
  const { accessKeyId } = await config.credentials().catch((error: unknown) => {
    throw holdoutError('AWS_CREDENTIALS_MISSING', { cause: messageOf(error), effect }, error);
  });
  return { region, accessKeyId, effect };
}

/**
 * Whether STS, IAM, ECR and Service Quotas are there to be asked: not when S3 alone is redirected to a server elsewhere.
 * AWS_ENDPOINT_URL redirects all services at once.
 */
export const hasAwsAccount = (env: NodeJS.ProcessEnv): boolean =>
  Boolean(env['AWS_ENDPOINT_URL']) || !env['AWS_ENDPOINT_URL_S3'];
