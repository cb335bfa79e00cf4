import { createHash } from 'node:crypto';
import { differences } from '../campaign/differences.ts';
import type { FrozenCampaign, Manifest } from '../campaign/frozen-campaign.ts';
import { trouble } from '../errors.ts';
import { resultObjects } from '../ids.ts';
import type { CheckedCampaign } from './checked-campaign.ts';
import { handInImages } from './hand-in-images.ts';
import { handInInputs } from './hand-in-inputs.ts';
import { handInLabels } from './hand-in-labels.ts';
import type { HandInRooms } from './rooms.ts';

const mostDifferences = 20;

/**
 * Brings a checked campaign into S3 and freezes it: the first time campaign.json and manifest.json are written, later the
 * same file goes on with what is frozen and any other throws CAMPAIGN_CHANGED with the differences.
 */
export async function handIn(rooms: HandInRooms, checked: CheckedCampaign): Promise<FrozenCampaign> {
  const { store, buckets, report } = rooms;
  const { campaign } = checked;
  const known = await store.findJson<FrozenCampaign>(buckets.results, resultObjects.campaign(campaign));
  if (known === undefined) report(`handing in ${checked.submissions.length} submissions and their inputs`);
  const manifest = await manifestOf(rooms, checked);
  const fresh = await frozenOf(rooms, checked, manifest);
  if (known !== undefined) return attach(rooms, known, { ...fresh, deadline: known.deadline }, manifest);
  // The manifest counts only once campaign.json names its digest: a start that was cut short is simply done again.
  await store.write(buckets.results, resultObjects.manifest(campaign), jsonOf(manifest));
  if (await store.writeIfAbsent(buckets.results, resultObjects.campaign(campaign), jsonOf(fresh))) return fresh;
  const first = await store.readJson<FrozenCampaign>(buckets.results, resultObjects.campaign(campaign));
  return attach(rooms, first, { ...fresh, deadline: first.deadline }, manifest);
}

async function attach(
  { store, buckets }: HandInRooms,
  known: FrozenCampaign,
  fresh: FrozenCampaign,
  manifest: Manifest,
): Promise<FrozenCampaign> {
  const { campaign } = known;
  const differing = differences(known, fresh);
  if (differing.length === 0) return known;
  const before = await store.readJson<Manifest>(buckets.results, resultObjects.manifest(campaign));
  const rows = differences(rowsOf(before), rowsOf(manifest), 'submissions');
  throw trouble('CAMPAIGN_CHANGED', { campaign, differences: [...differing, ...rows].slice(0, mostDifferences) });
}

async function manifestOf(rooms: HandInRooms, checked: CheckedCampaign): Promise<Manifest> {
  const images = await handInImages(rooms, checked);
  const teams = new Map<string, Manifest['teams'][number]>();
  checked.submissions.forEach((row, index) => {
    const { team, teamName } = row;
    const image = images[index];
    if (image === undefined) throw new RangeError(`no image was handed in for ${row.submission}`);
    const known = teams.get(team) ?? { team, teamName, submissions: [] };
    known.submissions.push({ ...row, image });
    teams.set(team, known);
  });
  return { version: 1, teams: [...teams.values()] };
}

async function frozenOf(rooms: HandInRooms, checked: CheckedCampaign, manifest: Manifest): Promise<FrozenCampaign> {
  const { submissions, testSet, sampleSet, labels, expect: _known, ...rules } = checked;
  const { campaign } = checked;
  return {
    version: 1,
    ...rules,
    testSet: await handInInputs(rooms, testSet, { campaign, kind: 'testset' }),
    ...(sampleSet && { sampleSet: await handInInputs(rooms, sampleSet, { campaign, kind: 'sample' }) }),
    labels: await handInLabels(rooms, labels, campaign),
    manifest: {
      key: resultObjects.manifest(campaign),
      digest: createHash('sha256').update(jsonOf(manifest)).digest('hex'),
      submissions: submissions.length,
      teams: manifest.teams.length,
    },
  };
}

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

/** Rows by submission, for naming what differs. */
const rowsOf = ({ teams }: Manifest): Record<string, unknown> =>
  Object.fromEntries(teams.flatMap(({ submissions }) => submissions.map((row) => [row.submission, row])));
