import { trouble } from '../../errors.ts';
import { accountNames, type Credentials } from '../stack/credentials.ts';

/** A variable that docker-compose.yml gives; throws USAGE when it is missing or empty. */
export function given(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw trouble('USAGE', { message: `${name} is not set; docker compose takes it from .env (sh docker/make-env.sh).` });
}

/** The root's and the accounts' keys: HOLDOUT_<NAME>_ACCESS_KEY_ID and HOLDOUT_<NAME>_SECRET_ACCESS_KEY. */
export function credentialsIn(env: NodeJS.ProcessEnv): Credentials {
  const entries = (['root', ...accountNames] as const).map((name) => {
    const prefix = `HOLDOUT_${name.toUpperCase()}`;
    const accessKeyId = given(env, `${prefix}_ACCESS_KEY_ID`);
    return [name, { accessKeyId, secretAccessKey: given(env, `${prefix}_SECRET_ACCESS_KEY`) }];
  });
  return Object.fromEntries(entries) as Credentials;
}
