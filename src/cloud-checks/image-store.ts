import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { holdoutError, messageOf } from '../errors.ts';
import { ecrHostOf, hostOf, type EcrHost } from '../registry/ecr-host.ts';
import { ecrClient, ecrToken } from '../registry/ecr-token.ts';
import { awsCall } from './aws-call.ts';
import type { Caller } from './caller.ts';

const reachableWithinMs = 5_000;

/** Checks that the image store can be reached and, in ECR, that its repository is there. Throws IMAGE_STORE_UNUSABLE. */
export async function checkImageStore(store: string, caller: Caller): Promise<void> {
  const unusable = (why: string, cause?: unknown): Error =>
    holdoutError('IMAGE_STORE_UNUSABLE', { store, why, effect: caller.effect }, cause);
  const host = hostOf(store);
  const ecr = ecrHostOf(host ?? '');
  if (ecr !== undefined) return checkRepository(store, ecr, caller);
  if (store.startsWith('docker://')) {
    if (host === undefined) throw unusable('names no registry and repository');
    return checkRegistry(host).catch((error: unknown) => {
      throw unusable(`cannot be reached: ${messageOf(error)}`, error);
    });
  }
  if (!store.startsWith('oci:/')) throw unusable('is neither docker://REGISTRY/REPOSITORY nor oci:/FOLDER');
  const folder = store.slice('oci:'.length);
  await access(folder, constants.W_OK)
    .catch(() => access(dirname(folder), constants.W_OK))
    .catch((error: unknown) => {
      throw unusable(`cannot be written: ${messageOf(error)}`, error);
    });
}

/** A login, which every use of the store needs, and the repository. */
async function checkRepository(store: string, host: EcrHost, caller: Caller): Promise<void> {
  const { DescribeImagesCommand, RepositoryNotFoundException } = await import('@aws-sdk/client-ecr');
  const repositoryName = repositoryOf(store);
  await ecrToken(host);
  const client = ecrClient(host);
  try {
    await awsCall(caller, 'ecr:DescribeImages', `the repository ${repositoryName}`, async () => {
      try {
        await client.send(new DescribeImagesCommand({ repositoryName, registryId: host.account, maxResults: 1 }));
      } catch (error) {
        if (!(error instanceof RepositoryNotFoundException)) throw error;
        const why = `does not exist: ECR in ${host.region} has no repository ${repositoryName}`;
        throw holdoutError('IMAGE_STORE_UNUSABLE', { store, why, effect: caller.effect }, error);
      }
    });
  } finally {
    client.destroy();
  }
}

/** Whether ECR scans images of the store when they are pushed; undefined for another registry. */
export async function scanOnPush(store: string, caller: Caller): Promise<boolean | undefined> {
  const host = ecrHostOf(hostOf(store) ?? '');
  if (host === undefined) return undefined;
  const { DescribeRepositoriesCommand } = await import('@aws-sdk/client-ecr');
  const repositoryName = repositoryOf(store);
  const client = ecrClient(host);
  const describe = new DescribeRepositoriesCommand({ repositoryNames: [repositoryName], registryId: host.account });
  const { repositories = [] } = await awsCall(
    caller,
    'ecr:DescribeRepositories',
    `the repository ${repositoryName}`,
    () => client.send(describe),
  ).finally(() => client.destroy());
  return repositories[0]?.imageScanningConfiguration?.scanOnPush ?? false;
}

/** The path of a reference behind its host, without tag and digest. */
export const repositoryOf = (reference: string): string =>
  reference
    .replace(/^docker:\/\//, '')
    .replace(/^[^/]+\//, '')
    .replace(/@.*$|:[^/:]*$/, '');

/** Any answer will do, also one that demands a login. A registry on this machine may speak plain HTTP. */
async function checkRegistry(host: string): Promise<void> {
  const ask = (scheme: string): Promise<unknown> =>
    fetch(`${scheme}://${host}/v2/`, { signal: AbortSignal.timeout(reachableWithinMs) });
  await ask('https').catch((error: unknown) => {
    if (!/^(localhost|127\.0\.0\.1)(:|$)/.test(host)) throw new Error(rootCause(error), { cause: error });
    return ask('http').catch((second: unknown) => {
      throw new Error(rootCause(second), { cause: second });
    });
  });
}

/** fetch says "fetch failed" and keeps the reason in its cause. */
const rootCause = (error: unknown): string => {
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? messageOf(error) : messageOf(cause);
};
