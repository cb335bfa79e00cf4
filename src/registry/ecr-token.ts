import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { holdoutError, messageOf } from '../errors.ts';
import type { EcrHost } from './ecr-host.ts';

/** A login to ECR. `auth` is the base64 of `user:password`, as authentication files hold it; `expiresAt` in ms. */
export interface EcrToken {
  auth: string;
  expiresAt: number;
}

/** The documented validity, for an answer without an instant. */
const validity = 12 * 3_600_000;

/**
 * Gets a login with the credentials of this process: a role, in AWS. It is good for every registry of the region that these
 * credentials may use. Throws REGISTRY_LOGIN_FAILED.
 */
export async function ecrToken({ host, region, isFips }: EcrHost): Promise<EcrToken> {
  const client = ecrClient({ region, isFips });
  try {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    const [{ authorizationToken: auth, expiresAt } = {}] = authorizationData ?? [];
    if (auth === undefined) throw new Error('its answer has no token');
    return { auth, expiresAt: expiresAt?.getTime() ?? Date.now() + validity };
  } catch (error) {
    throw holdoutError('REGISTRY_LOGIN_FAILED', { host, region, cause: causeOf(error) }, error);
  } finally {
    client.destroy();
  }
}

/** A client for one call or a few: tokens are rare, and a new client sees credentials that have changed. */
export const ecrClient = ({ region, isFips }: Pick<EcrHost, 'region' | 'isFips'>): ECRClient =>
  new ECRClient({
    region,
    useFipsEndpoint: isFips,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 },
  });

const causeOf = (error: unknown): string =>
  error instanceof Error && error.name !== 'Error' ? `${error.name}: ${error.message}` : messageOf(error);
