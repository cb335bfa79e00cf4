import { holdoutError } from '../../errors.ts';
import { accountNames, type Credential, type Credentials, type S3Credentials } from '../stack/home/credentials.ts';

/** A variable that docker-compose.yml sets; throws USAGE when it is missing or empty. */
export function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw holdoutError('USAGE', {
    message: `${name} is not set; docker compose takes it from .env (sh docker/make-env.sh).`,
  });
}

/** The keys of one account: HOLDOUT_<NAME>_ACCESS_KEY_ID and HOLDOUT_<NAME>_SECRET_ACCESS_KEY. */
export function credentialIn(env: NodeJS.ProcessEnv, name: keyof Credentials): Credential {
  const prefix = `HOLDOUT_${name.toUpperCase()}`;
  return {
    accessKeyId: required(env, `${prefix}_ACCESS_KEY_ID`),
    secretAccessKey: required(env, `${prefix}_SECRET_ACCESS_KEY`),
  };
}

/** The S3 keys of the root account and of all others. */
export const credentialsIn = (env: NodeJS.ProcessEnv): S3Credentials =>
  Object.fromEntries(
    (['root', ...accountNames] as const).map((name) => [name, credentialIn(env, name)]),
  ) as S3Credentials;
