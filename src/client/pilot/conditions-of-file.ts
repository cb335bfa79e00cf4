import { classConditions, type FileConditions } from '../../campaign/planning/pilot-conditions.ts';
import type { CheckedCampaign, ImageLocation, LocalPath, S3Location } from '../../intake/checked-campaign.ts';
import { countInputs } from '../../intake/input-files.ts';
import { inParallel } from '../../in-parallel.ts';
import { sha256OfFile } from '../../sha256.ts';

const imagesAtOnce = 4;

/** The conditions of a checked file: its classes, and the images of the named submissions besides the `known` ones. */
export async function conditionsOf(
  checked: CheckedCampaign,
  names: ReadonlySet<string>,
  known: ReadonlyMap<string, string> = new Map(),
): Promise<FileConditions> {
  const images = new Map(known);
  const wanted = checked.submissions.filter(({ submission }) => names.has(submission) && !known.has(submission));
  await inParallel(imagesAtOnce, wanted, async ({ submission, image }) =>
    images.set(submission, await imageIdOf(image)),
  );
  return { images, classes: classConditions(checked, await inputsOf(checked.testSet)) };
}

/** A plan reads nothing from S3 or a registry, so an image there is identified by its location. */
async function imageIdOf(image: ImageLocation): Promise<string> {
  if (image.kind === 'archive') return `sha256:${await sha256OfFile(image.path)}`;
  return image.kind === 'registry' ? image.reference : `s3://${image.bucket}/${image.key}`;
}

const inputsOf = async (testSet: LocalPath | S3Location): Promise<number | string> =>
  testSet.kind === 'local' ? await countInputs(testSet.path) : `s3://${testSet.bucket}/${testSet.key}`;
