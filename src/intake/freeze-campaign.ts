import type { FrozenCampaign, Manifest } from '../campaign/model/frozen-campaign.ts';
import { counted } from '../safe-text.ts';
import { compareWithStarted, type FreezeResult } from './compare-with-started.ts';
import type { CheckedCampaign } from './checked-campaign.ts';
import { rowsOf, uploadImages, withDigests, type LocatedRow } from './upload-images.ts';
import { uploadInputs } from './upload-inputs.ts';
import { uploadLabels } from './upload-labels.ts';
import type { IntakeDependencies } from './dependencies.ts';
import { sha256 } from '../sha256.ts';
import { resultObjects, sealedCampaignObjects } from '../object-keys.ts';

/**
 * Uploads a checked campaign to S3 and freezes it. The first start writes campaign.json and manifest.json. Later starts return
 * the frozen campaign and the new rows; any other difference throws CAMPAIGN_CHANGED.
 */
export async function freezeCampaign(
  dependencies: IntakeDependencies,
  checked: CheckedCampaign,
): Promise<FreezeResult> {
  const { store, buckets, report } = dependencies;
  const { campaign } = checked;
  const known = await store.findJson<FrozenCampaign>(buckets.results, resultObjects.campaign(campaign));
  if (known === undefined) report(`uploading ${counted(checked.submissions.length, 'submission')} and their inputs`);
  const located = await rowsOf(dependencies, checked);
  // References keep their digests from the first start, so the registry is queried for new rows only.
  const rows = known === undefined ? await withDigests(located) : located;
  const manifest = manifestOf(rows);
  const rules = await frozenOf(dependencies, checked, manifest);
  if (known !== undefined) return compareWithStarted(dependencies, known, rules, rows);
  const recordKey = dependencies.recordKey?.(campaign);
  const seal = await dependencies.sealFor?.(campaign);
  const fresh = { ...rules, ...(recordKey !== undefined && { recordKey }), ...(seal !== undefined && { seal }) };
  await uploadImages(dependencies, rows);
  if (seal !== undefined) await store.writeIfAbsent(buckets.results, sealedCampaignObjects.key(campaign), `${seal}\n`);
  // The manifest takes effect once campaign.json contains its digest, so an interrupted start can be repeated.
  await store.write(buckets.results, resultObjects.manifest(campaign), jsonOf(manifest));
  if (await store.writeIfAbsent(buckets.results, resultObjects.campaign(campaign), jsonOf(fresh))) {
    return { frozen: fresh, appended: [] };
  }
  return compareWithStarted(
    dependencies,
    await store.readJson(buckets.results, resultObjects.campaign(campaign)),
    rules,
    rows,
  );
}

function manifestOf(rows: readonly LocatedRow[]): Manifest {
  const teams = new Map<string, Manifest['teams'][number]>();
  for (const { row } of rows) {
    const { team, teamName } = row;
    const known = teams.get(team) ?? { team, teamName, submissions: [] };
    known.submissions.push(row);
    teams.set(team, known);
  }
  return { version: 1, teams: [...teams.values()] };
}

async function frozenOf(
  dependencies: IntakeDependencies,
  checked: CheckedCampaign,
  manifest: Manifest,
): Promise<FrozenCampaign> {
  const { submissions, testSet, sampleSet, labels, expect: _known, teamNames, ...rules } = checked;
  const { campaign } = checked;
  const isNamed = teamNames === 'shown' || submissions.every(({ pseudonym }) => pseudonym !== undefined);
  return {
    version: 1,
    ...rules,
    ...(teamNames !== undefined && isNamed && { teamNames }),
    testSet: await uploadInputs(dependencies, testSet, { campaign, kind: 'testset' }),
    ...(sampleSet && { sampleSet: await uploadInputs(dependencies, sampleSet, { campaign, kind: 'sample' }) }),
    labels: await uploadLabels(dependencies, labels, campaign),
    manifest: {
      key: resultObjects.manifest(campaign),
      digest: sha256(jsonOf(manifest)),
      submissions: submissions.length,
      teams: manifest.teams.length,
    },
  };
}

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;
