import { holdoutError } from '../../errors.ts';
import { accountNames, type Credential, type Credentials, type S3Credentials } from '../stack/home/credentials.ts';

/** A variable that docker-compose.yml gives; throws USAGE when it is missing or empty. */
export function given(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw holdoutError('USAGE', {
    message: `${name} is not set; docker compose takes it from .env (sh docker/make-env.sh).`,
  });
}

/** One account's keys: HOLDOUT_<NAME>_ACCESS_KEY_ID and HOLDOUT_<NAME>_SECRET_ACCESS_KEY. */
export function credentialIn(env: NodeJS.ProcessEnv, name: keyof Credentials): Credential {
  const prefix = `HOLDOUT_${name.toUpperCase()}`;
  return {
    accessKeyId: given(env, `${prefix}_ACCESS_KEY_ID`),
    secretAccessKey: given(env, `${prefix}_SECRET_ACCESS_KEY`),
  };
}

/** The keys of S3: the root's and the accounts'. */
export const credentialsIn = (env: NodeJS.ProcessEnv): S3Credentials =>
  Object.fromEntries(
    (['root', ...accountNames] as const).map((name) => [name, credentialIn(env, name)]),
  ) as S3Credentials;
