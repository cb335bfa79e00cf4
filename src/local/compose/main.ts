/** Prepares the servers of docker-compose.yml from their containers' environment: `compose.mjs COMMAND`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldoutError, messageOf, holdoutError } from '../../errors.ts';
import { accountsFile, makeBuckets } from '../stack/parts/s3.ts';
import { openComposeKeys } from './codec-keys.ts';
import { credentialsIn, required, startUpFileOf } from './container-environment.ts';

const commands: Record<string, (env: NodeJS.ProcessEnv) => void | Promise<void>> = {
  /** The S3 server reads its accounts when it starts. */
  's3-accounts': (env) =>
    writePrivately(join(required(env, 'HOLDOUT_S3_ACCOUNTS'), 'users.json'), accountsFile(credentialsIn(env))),
  's3-buckets': (env) => makeBuckets(required(env, 'AWS_ENDPOINT_URL_S3'), credentialsIn(env)),
  'codec-keys': openComposeKeys,
  'batch-start-up': (env) =>
    writePrivately(join(required(env, 'HOLDOUT_STATE'), 'start-up.json'), JSON.stringify(startUpFileOf(env), null, 2)),
};

const writePrivately = (file: string, content: string): void => writeFileSync(file, content, { mode: 0o600 });

async function main(name = ''): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined)
    throw holdoutError('USAGE', { message: `compose.mjs ${Object.keys(commands).join(' | ')}` });
  await command(process.env);
}

main(process.argv[2]).catch((error: unknown) => {
  const next = error instanceof HoldoutError ? `\n${error.next}` : '';
  process.stderr.write(`${messageOf(error)}${next}\n`);
  process.exit(error instanceof HoldoutError && error.source === 'user' ? 2 : 1);
});
