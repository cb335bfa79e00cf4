import { holdoutError } from '../errors.ts';
import { ecrHostOf, hostOf } from '../registry/ecr-host.ts';
import { ecrClient } from '../registry/ecr-token.ts';
import { awsCall } from './aws-call.ts';
import type { Caller } from './caller.ts';
import { repositoryOf } from './image-store.ts';

/** `elsewhere`: not in ECR, so only a host can tell whether it can be pulled. */
export type RunnerImage = { kind: 'present' } | { kind: 'elsewhere' };

/** Checks that the image by digest is in ECR. Throws RUNNER_IMAGE_MISSING, AWS_ACCESS_DENIED and the like. */
export async function checkRunnerImage(image: string, caller: Caller): Promise<RunnerImage> {
  const host = ecrHostOf(hostOf(image) ?? '');
  if (host === undefined) return { kind: 'elsewhere' };
  const missing = (why: string, cause: unknown): Error =>
    holdoutError('RUNNER_IMAGE_MISSING', { image, why, effect: caller.effect }, cause);
  const { DescribeImagesCommand, ImageNotFoundException, RepositoryNotFoundException } =
    await import('@aws-sdk/client-ecr');
  const repositoryName = repositoryOf(image);
  const imageIds = [{ imageDigest: image.slice(image.indexOf('@') + 1) }];
  const client = ecrClient(host);
  const describe = async (): Promise<void> => {
    try {
      await client.send(new DescribeImagesCommand({ repositoryName, registryId: host.account, imageIds }));
    } catch (error) {
      if (error instanceof ImageNotFoundException) throw missing('does not exist; no job could start', error);
      if (error instanceof RepositoryNotFoundException) throw missing('is in a repository that does not exist', error);
      throw error;
    }
  };
  await awsCall(caller, 'ecr:DescribeImages', `the repository ${repositoryName}`, describe).finally(() =>
    client.destroy(),
  );
  return { kind: 'present' };
}
