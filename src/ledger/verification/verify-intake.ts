import type { FrozenCampaign, InputIndex, Manifest, Submission } from '../../campaign/model/frozen-campaign.ts';
import { roundsOf, type CampaignRounds } from '../../campaign/model/rounds.ts';
import type { AddedRounds, WorkList } from '../../campaign/model/work-list.ts';
import { inParallel } from '../../in-parallel.ts';
import { resultObjects } from '../../object-keys.ts';
import type { Buckets } from '../../settings.ts';
import { sha256 } from '../../sha256.ts';
import { digestInKey } from '../read-pinned.ts';
import type { ChainedCommand } from '../command-log.ts';
import { readsAtOnce } from '../ledger.ts';
import type { CheckedObjects } from './checked-objects.ts';

/**
 * The frozen campaign and the sha256 (hex) of its bytes; undefined if it cannot be read. `published`: the digest that the last
 * publication names.
 */
export async function verifyFrozen(
  objects: CheckedObjects,
  bucket: string,
  campaign: string,
  published: string | undefined,
): Promise<{ value: FrozenCampaign; digest: string } | undefined> {
  const key = resultObjects.campaign(campaign);
  const digest = published === undefined ? undefined : { sha256: published, namedBy: 'heads.json' };
  const found = await objects.readJson<FrozenCampaign>(bucket, key, { digest, indent: 1 });
  if (found && found.value.campaign !== campaign)
    objects.findings.fault(bucket, key, `\`campaign\` is not ${campaign}`);
  return found;
}

/** The rounds of a campaign, and its work lists as they are in S3. */
interface VerifiedRounds extends CampaignRounds {
  workLists: WorkList[];
}

/** All rounds: of the manifest, and those that accepted commands added. Objects under their own digest are checked. */
export async function verifyRounds(
  objects: CheckedObjects,
  bucket: string,
  frozen: FrozenCampaign,
  listed: { keys: readonly string[]; commands: readonly ChainedCommand[] },
): Promise<VerifiedRounds> {
  const { manifest, campaign } = frozen;
  const digest = { sha256: manifest.digest, namedBy: 'campaign.json' };
  const rows = await objects.readJson<Manifest>(bucket, resultObjects.manifest(campaign), { digest, indent: 1 });
  const folders = [resultObjects.addedFolder(campaign), resultObjects.workFolder(campaign)];
  const named = listed.commands.flatMap(({ message }) =>
    message !== null && 'rounds' in message.message ? message.message.rounds : [],
  );
  const present = listed.keys.filter((key) => folders.some((folder) => key.startsWith(folder)));
  const bodies = new Map<string, object>();
  await inParallel(readsAtOnce, [...new Set([...named, ...present])], async (key) => {
    const digest = { sha256: digestInKey(key), namedBy: 'its key' };
    const body = await objects.readJson(bucket, key, { digest, indent: 0 });
    if (body) bodies.set(key, body.value);
  });
  const added = named.flatMap((key) => (bodies.get(key) as AddedRounds | undefined) ?? []);
  const lists = present.filter((key) => key.startsWith(resultObjects.workFolder(campaign)));
  const workLists = lists.flatMap((key) => (bodies.get(key) as WorkList | undefined) ?? []);
  return { ...roundsOf(rows?.value ?? { version: 1, teams: [] }, added), workLists };
}

/** The labels' bytes if these credentials may read them and nobody changed them, which is a fault. */
export async function verifyLabels(objects: CheckedObjects, { labels }: FrozenCampaign): Promise<Buffer | undefined> {
  const { bucket, key, digest } = labels;
  try {
    const body = await objects.read(bucket, key, { digest: { sha256: digest, namedBy: 'campaign.json' } });
    return body && sha256(body) === digest ? body : undefined;
  } catch (error) {
    if ((error as Error).name !== 'AccessDenied') throw error;
    objects.findings.note('the scores, because these credentials cannot read the labels');
    return undefined;
  }
}

/**
 * The indexes of the test and sample sets. `all`: also every input file and every archive that was handed in, which takes as
 * long as reading them does.
 */
export async function verifyInputs(
  objects: CheckedObjects,
  buckets: Buckets,
  { frozen, rows, all }: { frozen: FrozenCampaign; rows: readonly Submission[]; all: boolean },
): Promise<void> {
  const files = await verifyIndexes(objects, buckets, frozen);
  if (all) await verifyFiles(objects, files, rows);
  else objects.findings.note('the input files and the archives of images; `verify --inputs` checks them too');
}

async function verifyIndexes(
  objects: CheckedObjects,
  { inputs }: Buckets,
  { testSet, sampleSet }: FrozenCampaign,
): Promise<InputFile[]> {
  const files: InputFile[] = [];
  for (const set of sampleSet ? [testSet, sampleSet] : [testSet]) {
    const digest = { sha256: set.digest, namedBy: 'campaign.json' };
    const index = await objects.readJson<InputIndex>(inputs, set.indexKey, { digest, indent: 1 });
    const { bucket, prefix } = set.files;
    for (const { name, sha256 } of index?.value.files ?? []) files.push({ bucket, key: `${prefix}${name}`, sha256 });
  }
  return files;
}

interface InputFile {
  bucket: string;
  key: string;
  sha256: string;
}

async function verifyFiles(
  objects: CheckedObjects,
  inputs: readonly InputFile[],
  rows: readonly Submission[],
): Promise<void> {
  const archives = rows.flatMap(({ image }) => (image.kind === 'archive' ? [image] : []));
  const files = [
    ...inputs.map((file) => ({ ...file, namedBy: 'the index of the inputs' })),
    ...archives.map((image) => ({ ...image, namedBy: 'the manifest' })),
  ];
  await inParallel(readsAtOnce, files, ({ bucket, key, ...digest }) => objects.stream(bucket, key, digest));
}
